package org.bascule.domain.directory;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.bascule.domain.acl.Scope;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Statement;
import org.bascule.domain.directory.DeviceQuery.Order;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.keys.DeviceIdentityPublicKey;

/** The statements about devices: lists join the decisions about rights, so that a page costs the same however many devices are hidden. */
final class DirectoryStatements {

    private static final String COLUMNS =
            """
            select r.id, r.name, r.parent_id, p.name, d.state, d.last_seen, d.agent_version, d.os, d.account, d.quarantined, d.thumbprint, r.version, r.description, d.tags,
              d.switched_off, d.switch_mode, d.switch_until, d.switch_reason
            """;

    private static final String WITH_DEVICE = " join device d on d.id = r.id";
    /** One row, which holds nothing else, instead of the wide ones of resource and device. */
    private static final String WITH_TEXTS =
            " join device_search t on t.domain_id = r.domain_id and t.device_id = r.id";

    private static final String SEEN = " where r.domain_id = :domain and r.kind = 'device'";

    /** Rights and order are decided on narrow rows; what is shown is fetched for the page alone. */
    private static final String PAGE_START = COLUMNS + "from (select r.id as id from ";

    private static final String PAGE_END =
            """
             limit :rows) page
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
              join device_certificate c on c.device_id = d.id and c.domain_id = :domain and c.pending = false
            where d.domain_id = :domain and d.id = :id
            order by c.revoked is not null, c.not_after desc limit 1""";

    private DirectoryStatements() {}

    /** An index answers it where nothing is hidden and nothing is searched for. */
    static String counts(Visible visible, DeviceSearch search) {
        if (visible.devices().isEverything() && search.terms().isEmpty()) {
            return "select state, count(*) from device where domain_id = :domain group by state";
        }
        return "select d.state, count(*) from " + visible.devices().anyOrder("r") + WITH_DEVICE + texts(search) + SEEN
                + visible.condition(search) + " group by d.state";
    }

    private static String texts(DeviceSearch search) {
        return search.readsTexts() ? WITH_TEXTS : "";
    }

    /** From the open requests, which are few. */
    static String calls(Visible visible, DeviceSearch search) {
        return "select count(*) from assistance_request a join resource r on r.id = a.open_device" + WITH_DEVICE
                + texts(search) + SEEN + visible.condition(search) + " and a.domain_id = :domain and "
                + visible.receives();
    }

    /** From the devices with an alarm, which are few. */
    static String alarms(Visible visible, DeviceSearch search) {
        return "select count(*) from device d join resource r on r.id = d.id" + texts(search) + SEEN
                + visible.condition(search) + " and d.domain_id = :domain and d.alarm is not null";
    }

    /** A page by name or by the time of the last sign of life. */
    static String page(Visible visible, DeviceQuery query) {
        String order =
                switch (query.order()) {
                    case NAME -> "r.name, r.id";
                    case NAME_DESCENDING -> "r.name desc, r.id desc";
                    case LAST_SEEN -> "d.last_seen desc, d.id desc";
                    case STATE -> throw new IllegalArgumentException("a list by state is read state by state");
                };
        return PAGE_START + tables(visible, query) + texts(query.search()) + SEEN + visible.condition(query.search())
                + (query.state() == null ? "" : " and d.state = :state") + behind(query) + " order by " + order
                + PAGE_END + order;
    }

    /** Devices with a request for assistance or an alarm are few, and so may be what a search finds: the statement may begin with those. */
    private static String tables(Visible visible, DeviceQuery query) {
        Scope scope = visible.devices();
        String device = query.state() != null || query.search().readsDevices() ? WITH_DEVICE : "";
        if (query.search().isForFew() || visible.hits().isPresent()) {
            return "resource r" + (query.order() == Order.LAST_SEEN ? WITH_DEVICE : device);
        }
        return query.order() == Order.LAST_SEEN ? bySeen(scope) : scope.byName("r") + device;
    }

    /** Along the index of the last signs of life until the page is full, unless few devices are seen at all. */
    private static String bySeen(Scope scope) {
        return scope.isNarrow()
                ? scope.anyOrder("r") + WITH_DEVICE
                : "device d force index (ix_device_last_seen) straight_join resource r on r.id = d.id and d.domain_id = :domain";
    }

    private static String behind(DeviceQuery query) {
        List<String> position = query.cursor().position();
        if (position.isEmpty()) {
            return "";
        }
        return switch (query.order()) {
            case NAME -> " and r.name >= :key and (r.name > :key or r.id > :id)";
            case NAME_DESCENDING -> " and r.name <= :key and (r.name < :key or r.id < :id)";
            default ->
                position.get(0).isEmpty()
                        ? " and d.last_seen is null and d.id < :id"
                        : " and (d.last_seen < :key or d.last_seen = :key and d.id < :id or d.last_seen is null)";
        };
    }

    static Statement bindPage(Statement statement, Visible visible, DeviceQuery query, int rows) {
        visible.bind(statement, query.search()).set("rows", rows);
        if (query.state() != null) {
            statement.set("state", query.state().code());
        }
        List<String> position = query.cursor().position();
        if (!position.isEmpty()) {
            statement.set("id", position.get(1));
            if (query.order() != Order.LAST_SEEN) {
                statement.set("key", position.get(0));
            } else if (!position.get(0).isEmpty()) {
                statement.set("key", Instant.parse(position.get(0)));
            }
        }
        return statement;
    }

    /** A cursor is opaque but comes from outside. */
    static void check(Order order, Cursor cursor) throws RefusedException {
        List<String> position = cursor.position();
        if (position.isEmpty()) {
            return;
        }
        boolean known = position.size() == order.keys()
                && Uuid7.isUuid(position.get(position.size() - 1))
                && (order != Order.STATE || DeviceState.ofCode(position.get(0)).isPresent())
                && (order != Order.LAST_SEEN || isTimeOrEmpty(position.get(0)));
        if (!known) {
            throw RefusedException.invalid("cursor", "This is no cursor of this list.");
        }
    }

    private static boolean isTimeOrEmpty(String text) {
        try {
            return text.isEmpty() || Instant.parse(text).isAfter(Instant.EPOCH);
        } catch (DateTimeException e) {
            return false;
        }
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
                DeviceIdentityPublicKey.fingerprint(row.bytes(11)),
                List.of(),
                Set.of(),
                row.number(12),
                row.textOrNull(13),
                Tags.parse(row.text(14)),
                new OwnerSwitchView(!row.flag(15), row.textOrNull(16), row.instantOrNull(17), row.textOrNull(18)));
    }
}
