package org.bascule.domain.directory;

import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Rights;
import org.bascule.domain.database.Like;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Statement;
import org.bascule.domain.identity.Caller;

/** The statements of the directory: lists join the decisions about rights, so that a page costs the same however many devices are hidden. */
final class DirectoryStatements {

    static final String FOLDERS = Rights.TABLES + "select r.id, r.name, r.parent_id from resource r" + Rights.JOINS
            + "where r.domain_id = :domain and r.kind = 'folder' and" + Rights.GRANTED + "order by r.name, r.id";

    static final String DEVICES_IN_FOLDERS =
            Rights.TABLES + "select r.parent_id, count(*) from resource r" + Rights.JOINS
                    + "where r.domain_id = :domain and r.kind = 'device' and" + Rights.GRANTED + "group by r.parent_id";

    private static final String COLUMNS =
            """
            select r.id, r.name, r.parent_id, p.name, d.state, d.last_seen, d.agent_version, d.os, d.account, d.quarantined, d.thumbprint, r.version
            """;

    private static final String SEEN = " from resource r join device d on d.id = r.id" + Rights.JOINS
            + "where r.domain_id = :domain and r.kind = 'device' and" + Rights.GRANTED
            + """
              and (:folder is null or exists
                (select 1 from folder_closure s where s.ancestor_id = :folder and s.descendant_id = r.parent_id))
              and (:text is null or r.name like :text or d.os like :text or r.id like :uid)
            """;

    static final String COUNTS = Rights.TABLES + "select d.state, count(*)" + SEEN + "group by d.state";

    /** Rights and order are decided on narrow rows; what is shown is fetched for the page alone. */
    private static final String PAGE_START = Rights.TABLES + COLUMNS + "from (select r.id as id, d.state as state"
            + SEEN + "and (:state is null or d.state = :state) order by ";

    private static final String PAGE_END =
            """
             limit :size offset :offset) page
            join resource r on r.id = page.id join device d on d.id = page.id join resource p on p.id = r.parent_id
            order by\s""";

    static final String DEVICE = COLUMNS
            + """
            from resource r join device d on d.id = r.id join resource p on p.id = r.parent_id
            where r.domain_id = :domain and r.id = :id""";

    static final String DETAIL =
            """
            select i.inventory, c.serial, c.not_before, c.not_after, d.address
            from device d
              left join device_report i on i.device_id = d.id
              join device_certificate c on c.device_id = d.id and c.domain_id = :domain and c.revoked is null
            where d.domain_id = :domain and d.id = :id
            order by c.not_after desc limit 1""";

    private DirectoryStatements() {}

    static String page(DeviceQuery.Order order) {
        String by =
                switch (order) {
                    case NAME -> "r.name, r.id";
                    case NAME_DESCENDING -> "r.name desc, r.id";
                    case STATE -> "field(d.state, 'online', 'quarantined', 'offline'), r.name, r.id";
                    case LAST_SEEN -> "d.last_seen desc, r.id";
                };
        return PAGE_START + by + PAGE_END + by;
    }

    static Statement bind(Statement statement, Caller caller, DeviceQuery query) {
        Optional<String> text =
                Optional.ofNullable(query.text()).map(String::strip).filter(t -> !t.isEmpty());
        return statement
                .set("user", caller.userId())
                .set("permission", Permission.SEE_RESOURCES.code())
                .set("folder", query.folder())
                .set("text", text.map(Like::containing).orElse(null))
                .set(
                        "uid",
                        text.map(t -> t.toLowerCase(Locale.ROOT))
                                .map(Like::containingId)
                                .orElse(null));
    }

    /** A device without what the caller may do. */
    static DeviceView device(Row row) {
        String account = row.text(9);
        return new DeviceView(
                row.text(1),
                row.text(2),
                row.text(3),
                row.text(4),
                DeviceState.ofCode(row.text(5)).orElseThrow(),
                row.instantOrNull(6),
                row.textOrNull(7),
                row.textOrNull(8),
                account.isEmpty() ? null : account,
                row.flag(10),
                fingerprint(row.bytes(11)),
                List.of(),
                Set.of(),
                row.number(12));
    }

    /** The first 8 bytes in four groups of four digits, as {@code docs/protocol/session.md} has it. */
    private static String fingerprint(byte[] thumbprint) {
        String hex = HexFormat.of().formatHex(thumbprint, 0, 8);
        return String.join(" ", hex.substring(0, 4), hex.substring(4, 8), hex.substring(8, 12), hex.substring(12));
    }
}
