package org.bascule.domain.session;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Scope;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Statement;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/** Sessions in lists, newest first. */
@Stateless
public class SessionLists {

    /** What {@link #view} reads. */
    static final String COLUMNS =
            """
            s.sid, s.device_id, s.device_name, s.user_id, s.user_name, s.operations, s.account, s.reason, s.relay,
              s.started, s.ended, s.end_reason, s.client_address, s.device_address, s.bytes_in, s.bytes_out, s.comment,
              s.relay_client_ms, s.relay_device_ms,
              (select least(sum(t.from_client), 9007199254740991) from relay_traffic t where t.sid = s.sid),
              (select least(sum(t.from_device), 9007199254740991) from relay_traffic t where t.sid = s.sid),
              (select least(sum(t.millis), 9007199254740991) from relay_traffic t where t.sid = s.sid),
              (select group_concat(t.relay order by t.began is not null, t.began, t.relay separator ' ') from relay_traffic t where t.sid = s.sid)""";

    static final int COLUMN_COUNT = 23;

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    /** A row of a list, newest first. */
    record Listed(SessionView view, Instant created) {

        static Listed of(Row row) {
            return new Listed(SessionLists.view(row), row.instant(COLUMN_COUNT + 1));
        }

        List<String> keys() {
            return List.of(created.toString(), view.sid());
        }
    }

    private static final String LIST = "select " + COLUMNS + ", s.created from remote_session s ";

    private static final String BEHIND = " and (:at is null or s.created <= :at and (s.created < :at or s.sid < :last))"
            + " order by s.created desc, s.sid desc limit :rows";

    private static Slice<SessionView> page(Statement statement, Cursor cursor) throws RefusedException {
        List<Listed> rows = statement
                .set("at", cursor.time(0))
                .set("last", cursor.id(1))
                .set("rows", cursor.fetch())
                .list(Listed::of);
        Slice<Listed> page = cursor.slice(rows, Listed::keys);
        return new Slice<>(page.items().stream().map(Listed::view).toList(), page.next());
    }

    /** Running sessions of the caller, and those on devices whose connection log the caller may view, or whose sessions he may watch; newest first. */
    public Slice<SessionView> live(Caller caller, @Nullable String device, Cursor cursor) throws RefusedException {
        Scope scope = authorization.scope(caller, Permission.VIEW_CONNECTION_LOG);
        Scope watch = authorization.scope(caller, Permission.WATCH_SESSIONS).named("watch");
        return page(
                watch.bind(scope.bind(sql.in(caller.domainId())
                                .statement(LIST + "join resource r on r.id = s.device_id"
                                        + " where s.domain_id = :domain and s.state = 'running' and (s.user_id = :user and (:token is null or s.credential_id = :token) or "
                                        + scope.things("r") + " or " + watch.things("r")
                                        + ") and (:device is null or s.device_id = :device)"
                                        + BEHIND)))
                        .set("user", caller.userId())
                        .set(
                                "token",
                                caller.credential().isToken()
                                        ? caller.credential().id()
                                        : null)
                        .set("device", device),
                cursor);
    }

    /** Sessions that were started on a device, newest first. */
    public Slice<SessionView> history(String domainId, String deviceUid, Cursor cursor) throws RefusedException {
        return page(
                sql.in(domainId)
                        .statement(LIST
                                + "where s.domain_id = :domain and s.device_id = :device and s.started is not null"
                                + BEHIND)
                        .set("device", deviceUid),
                cursor);
    }

    static SessionView view(Row row) {
        return new SessionView(
                row.text(1),
                row.text(2),
                row.text(3),
                row.text(4),
                row.text(5),
                List.of(row.text(6).split(",", -1)),
                row.text(7),
                row.textOrNull(8),
                row.textOrNull(9),
                row.instantOrNull(10),
                row.instantOrNull(11),
                row.textOrNull(12),
                row.text(13),
                row.textOrNull(14),
                row.number(15),
                row.number(16),
                row.textOrNull(17),
                number(row, 18),
                number(row, 19),
                number(row, 20),
                number(row, 21),
                number(row, 22),
                relays(row.textOrNull(9), row.textOrNull(23)));
    }

    /** The one that was chosen first, and others that have told of it, in the order in which the session came to them; ids hold no space. */
    private static List<String> relays(@Nullable String chosen, @Nullable String told) {
        return Stream.concat(
                        Stream.ofNullable(chosen), Stream.ofNullable(told).flatMap(ids -> Stream.of(ids.split(" "))))
                .distinct()
                .toList();
    }

    private static @Nullable Long number(Row row, int column) {
        String number = row.textOrNull(column);
        return number == null ? null : Long.valueOf(number);
    }
}
