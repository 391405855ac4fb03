package org.bascule.domain.audit;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bascule.domain.database.Like;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Statement;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the audit log of one domain backwards in time, in bounded steps: a page costs what it costs with a hundred rows as with ten millions.
 *
 * <p>The filter that narrows most has an index in the order of the pages. Where another filter or a text is left over, one page looks at {@value #SCAN} rows at
 * most; it may then hold fewer rows than asked for, or none, and still go on.
 */
@Stateless
public class AuditReader {

    /** Rows that one page looks at. */
    static final int SCAN = 20_000;

    private static final String COLUMNS =
            """
            select e.id, e.occurred, e.code, e.outcome, e.user_id, e.user_name, e.resource_id, e.resource_name, e.address, e.detail, e.session_id,
              e.changes, l.seq
            """;

    private static final String TEXT =
            " and (e.user_name like :text or e.resource_name like :text or e.address like :text or e.detail like :text)";

    private static final String ORDER = " order by e.occurred desc, e.id desc limit ";

    @Inject
    Sql sql;

    /** Conditions and what they bind. The first narrows by an index. */
    private record Plan(
            String index, String where, Map<String, Object> values, String rest, Map<String, Object> left) {}

    private record Position(Instant occurred, String id) {

        static Position of(AuditEntry entry) {
            return new Position(entry.time(), entry.id());
        }

        List<String> keys() {
            return List.of(occurred.toString(), id);
        }
    }

    /** One page, newest first. Checks no permission: users read through {@code org.bascule.domain.logbook.Logbook}. */
    public Slice<AuditEntry> slice(String domainId, AuditFilter filter, Cursor cursor) throws RefusedException {
        return slice(domainId, filter, cursor.position(), cursor.limit());
    }

    /** The same with any number of rows, for exports. */
    public Slice<AuditEntry> slice(String domainId, AuditFilter filter, List<String> after, int limit)
            throws RefusedException {
        if (!Stream.of(filter.code(), filter.outcome(), filter.userId(), filter.resourceId(), filter.sid())
                .allMatch(code -> code == null || Like.isAscii(code))) {
            return new Slice<>(List.of(), null);
        }
        Plan plan = plan(filter, position(after));
        Optional<Position> end = plan.rest().isEmpty() ? Optional.empty() : end(domainId, plan);
        List<AuditEntry> rows = rows(domainId, plan, end, limit + 1);
        if (rows.size() > limit) {
            List<AuditEntry> items = rows.subList(0, limit);
            return new Slice<>(
                    items, Cursor.encode(Position.of(items.get(limit - 1)).keys()));
        }
        return new Slice<>(rows, end.map(Position::keys).map(Cursor::encode).orElse(null));
    }

    private static @Nullable Position position(List<String> keys) throws RefusedException {
        if (keys.isEmpty()) {
            return null;
        }
        if (!Like.isAscii(keys.get(1))) {
            throw RefusedException.invalid("cursor", "This is no cursor of this list.");
        }
        try {
            return new Position(Instant.parse(keys.get(0)), keys.get(1));
        } catch (DateTimeException e) {
            throw RefusedException.invalid("cursor", "This is no cursor of this list.");
        }
    }

    private static Plan plan(AuditFilter filter, @Nullable Position after) {
        Map<String, String> narrowing = new LinkedHashMap<>();
        put(narrowing, "session", filter.sid());
        put(narrowing, "resource", filter.resourceId());
        put(narrowing, "user", filter.userId());
        put(narrowing, "code", filter.code());
        put(narrowing, "outcome", filter.outcome());
        StringBuilder where = new StringBuilder(" where e.domain_id = :domain");
        StringBuilder rest = new StringBuilder();
        Map<String, Object> values = new LinkedHashMap<>();
        Map<String, Object> left = new LinkedHashMap<>();
        String index = "ix_audit_occurred";
        boolean first = true;
        for (Map.Entry<String, String> each : narrowing.entrySet()) {
            (first ? where : rest).append(condition(each.getKey()));
            (first ? values : left).put(each.getKey(), each.getValue());
            index = first ? "ix_audit_" + each.getKey() : index;
            first = false;
        }
        if (filter.from() != null) {
            where.append(" and e.occurred >= :from");
            values.put("from", filter.from());
        }
        if (filter.to() != null) {
            where.append(" and e.occurred < :to");
            values.put("to", filter.to());
        }
        if (after != null) {
            where.append(" and e.occurred <= :at and (e.occurred < :at or e.id < :last)");
            values.put("at", after.occurred());
            values.put("last", after.id());
        }
        if (filter.text() != null) {
            rest.append(TEXT);
            left.put("text", Like.containing(filter.text()));
        }
        return new Plan(index, where.toString(), values, rest.toString(), left);
    }

    private static void put(Map<String, String> narrowing, String name, @Nullable String value) {
        if (value != null) {
            narrowing.put(name, value);
        }
    }

    private static String condition(String name) {
        return switch (name) {
            case "session" -> " and e.session_id = :session";
            case "resource" -> " and e.resource_id = :resource";
            case "user" -> " and e.user_id = :user";
            case "code" -> " and e.code = :code";
            default -> " and e.outcome = :outcome";
        };
    }

    private static String from(Plan plan) {
        return " from bascule_audit.audit_event e force index (" + plan.index() + ")";
    }

    /** The last row that this page looks at, or empty if it looks at all that are left. */
    private Optional<Position> end(String domainId, Plan plan) {
        Statement statement = sql.in(domainId)
                .statement("select e.occurred, e.id" + from(plan) + plan.where() + ORDER + "1 offset " + (SCAN - 1));
        plan.values().forEach(statement::set);
        return statement.first(row -> new Position(row.instant(1), row.text(2)));
    }

    private List<AuditEntry> rows(String domainId, Plan plan, Optional<Position> end, int limit) {
        String bound = end.isEmpty() ? "" : " and e.occurred >= :floor and (e.occurred > :floor or e.id >= :lowest)";
        Statement statement = sql.in(domainId)
                .statement(COLUMNS
                        + from(plan)
                        + " left join bascule_audit.audit_leaf l on l.entry_id = e.id"
                        + plan.where()
                        + plan.rest()
                        + bound
                        + ORDER
                        + ":limit")
                .set("limit", limit);
        plan.values().forEach(statement::set);
        plan.left().forEach(statement::set);
        end.ifPresent(position -> statement.set("floor", position.occurred()).set("lowest", position.id()));
        return statement.list(AuditReader::entry);
    }

    private static AuditEntry entry(Row row) {
        return new AuditEntry(
                row.text(1),
                row.instant(2),
                row.text(3),
                row.text(4),
                row.textOrNull(5),
                row.textOrNull(6),
                row.textOrNull(7),
                row.textOrNull(8),
                row.textOrNull(9),
                row.textOrNull(10),
                row.textOrNull(11),
                row.textOrNull(12),
                row.textOrNull(13) == null ? null : row.number(13));
    }

    /** How often each operation ended how within a period, most frequent first. There are fewer operations than the limit. */
    public List<Count> counts(String domainId, Instant from, Instant to) {
        return sql.in(domainId)
                .statement(
                        """
                        select code, outcome, count(*) from bascule_audit.audit_event force index (ix_audit_occurred)
                        where domain_id = :domain and occurred >= :from and occurred < :to
                        group by code, outcome order by 3 desc, code, outcome limit 1000""")
                .set("from", from)
                .set("to", to)
                .list(row -> new Count(row.text(1), row.text(2), row.number(3)));
    }

    /** A line of a report. */
    public record Count(String code, String outcome, long number) {}
}
