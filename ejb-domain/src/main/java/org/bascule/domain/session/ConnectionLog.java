package org.bascule.domain.session;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Scope;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Like;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Statement;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.session.SessionLists.Listed;
import org.jspecify.annotations.Nullable;

/**
 * Who was connected to what, with what, when and over which relay (requirement AUD-2). A reader sees the connections of devices on which he holds
 * {@link Permission#VIEW_CONNECTION_LOG}; those of devices that are gone, whoever holds it on the whole domain.
 */
@Stateless
public class ConnectionLog {

    /** Rows that one page looks at. */
    static final int SCAN = 20_000;

    private static final int EXPORT_STEP = 1_000;

    private static final String TEXT =
            " and (s.user_name like :text or s.device_name like :text or s.reason like :text or s.comment like :text"
                    + " or s.client_address like :text or s.device_address like :text)";

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    AuditLog audit;

    private static final String ORDER = " order by s.created desc, s.sid desc limit ";

    /** One page, newest first; with fewer rows than asked for, and a cursor, where a search looks further. */
    public Slice<SessionView> query(Caller caller, ConnectionFilter filter, Cursor cursor) throws RefusedException {
        return slice(caller, filter, cursor.position(), cursor.limit());
    }

    /**
     * Begins an export, which is itself recorded; refused to whoever may read no connection anywhere.
     *
     * @param what format and filter
     */
    public void exporting(Caller caller, String what) throws RefusedException {
        if (authorization.scope(caller, Permission.VIEW_CONNECTION_LOG).isEmpty()) {
            authorization.requireOnDomain(caller, Permission.VIEW_CONNECTION_LOG);
        }
        audit.record(caller.did(Operation.AUDIT_EXPORTED, Outcome.SUCCESS).saying(what));
    }

    /** The next rows of an export. */
    public Slice<SessionView> export(Caller caller, ConnectionFilter filter, List<String> after)
            throws RefusedException {
        return slice(caller, filter, after, EXPORT_STEP);
    }

    private Slice<SessionView> slice(Caller caller, ConnectionFilter filter, List<String> after, int limit)
            throws RefusedException {
        if (!Stream.of(filter.userId(), filter.deviceUid(), filter.state())
                .allMatch(id -> id == null || Like.isAscii(id))) {
            return new Slice<>(List.of(), null);
        }
        Scope scope = authorization.scope(caller, Permission.VIEW_CONNECTION_LOG);
        Map<String, Object> values = new LinkedHashMap<>();
        String where = conditions(filter, after, values);
        Optional<Instant> end = end(caller.domainId(), where, values);
        Map<String, Object> left = new LinkedHashMap<>();
        String rest = rest(filter, end, left);
        Statement statement = scope.bind(sql.in(caller.domainId())
                .statement("select " + SessionLists.COLUMNS + ", s.created from remote_session s" + LoggedDevices.JOIN
                        + where + rest + " and " + visible(caller, scope) + ORDER + ":limit")
                .set("limit", limit + 1));
        values.forEach(statement::set);
        left.forEach(statement::set);
        List<Listed> rows = statement.list(Listed::of);
        boolean more = rows.size() > limit;
        List<Listed> items = more ? rows.subList(0, limit) : rows;
        // a time alone, for the row that it is of may be one that the caller does not see: all of that time are in this
        // page
        @Nullable
        String last =
                end.map(time -> Cursor.encode(List.of(time.toString(), ""))).orElse(null);
        return new Slice<>(
                items.stream().map(Listed::view).toList(),
                more ? Cursor.encode(items.get(limit - 1).keys()) : last);
    }

    /** The time of the last rows that this page looks at, or empty if it looks at all that are left. */
    private Optional<Instant> end(String domainId, String where, Map<String, Object> values) {
        Statement statement = sql.in(domainId)
                .statement("select s.created from remote_session s" + where + ORDER + "1 offset " + (SCAN - 1));
        values.forEach(statement::set);
        return statement.first(row -> row.instant(1));
    }

    /** What no index finds: it is looked for in the rows of one page alone. */
    private static String rest(ConnectionFilter filter, Optional<Instant> end, Map<String, Object> values) {
        StringBuilder rest = new StringBuilder();
        add(rest, values, " and s.state = :state", "state", filter.state());
        add(rest, values, TEXT, "text", filter.text() == null ? null : Like.containing(filter.text()));
        end.ifPresent(time -> {
            rest.append(" and s.created >= :floor");
            values.put("floor", time);
        });
        return rest.toString();
    }

    private String visible(Caller caller, Scope scope) {
        return LoggedDevices.visible(scope, authorization.holdsOnDomain(caller, Permission.VIEW_CONNECTION_LOG));
    }

    private static String conditions(ConnectionFilter filter, List<String> after, Map<String, Object> values)
            throws RefusedException {
        StringBuilder where = new StringBuilder(" where s.domain_id = :domain and s.started is not null");
        add(where, values, " and s.created >= :from", "from", filter.from());
        add(where, values, " and s.created < :to", "to", filter.to());
        add(where, values, " and s.user_id = :who", "who", filter.userId());
        add(where, values, " and s.device_id = :device", "device", filter.deviceUid());
        if (!after.isEmpty()) {
            if (!Like.isAscii(after.get(1))) {
                throw RefusedException.invalid("cursor", "This is no cursor of this list.");
            }
            where.append(" and s.created <= :at and (s.created < :at or s.sid < :last)");
            values.put("at", time(after.get(0)));
            values.put("last", after.get(1));
        }
        return where.toString();
    }

    private static void add(
            StringBuilder where, Map<String, Object> values, String condition, String name, @Nullable Object value) {
        if (value != null) {
            where.append(condition);
            values.put(name, value);
        }
    }

    private static Instant time(String text) throws RefusedException {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw RefusedException.invalid("cursor", "This is no cursor of this list.");
        }
    }
}
