package org.bascule.domain.acl;

import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;

/** Reads what decides about rights, as the present transaction sees it. */
@Dependent
class RightsReader {

    private static final int ATTEMPTS = 5;

    /** Columns of an entry, for {@link #entry}. */
    static final String ENTRY =
            """
            e.id, e.resource_id, e.principal_id, e.permission, e.effect, e.valid_from, e.valid_until,
              e.window_days, e.window_start, e.window_end, e.window_zone, e.delegable, e.origin, e.version
            """;

    @Inject
    Sql sql;

    @Inject
    Clock clock;

    /** All of a domain. The version is read before and after, so that the parts fit together whatever the isolation of the transaction. */
    RightsSnapshot read(String domainId) {
        for (int attempt = 1; ; attempt++) {
            long before = version(domainId);
            RightsSnapshot snapshot = new RightsSnapshot(
                    before,
                    folders(domainId),
                    memberships(domainId),
                    entries(domainId),
                    special(domainId),
                    confined(domainId));
            if (version(domainId) == before || attempt == ATTEMPTS) {
                return snapshot;
            }
        }
    }

    private long version(String domainId) {
        return sql.in(domainId)
                .statement("select rights_version from domain_version where domain_id = :domain")
                .first(row -> row.number(1))
                .orElse(0L);
    }

    private List<RightsSnapshot.Folder> folders(String domainId) {
        return sql.in(domainId)
                .statement("select id, parent_id, inherit from resource where domain_id = :domain and kind = 'folder'")
                .list(row -> new RightsSnapshot.Folder(row.text(1), row.textOrNull(2), row.flag(3)));
    }

    private List<Membership> memberships(String domainId) {
        return sql.in(domainId)
                .statement("select group_id, member_id from group_member where domain_id = :domain")
                .list(row -> new Membership(row.text(1), row.text(2)));
    }

    /** What has expired will not come back. */
    private List<Entry> entries(String domainId) {
        return sql
                .in(domainId)
                .statement(
                        "select " + ENTRY
                                + "from acl_entry e where e.domain_id = :domain and (e.valid_until is null or e.valid_until > :now)")
                .set("now", clock.instant())
                .list(RightsReader::entry)
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    private Map<String, Placement> special(String domainId) {
        Map<String, Placement> special = new HashMap<>();
        sql.in(domainId)
                .statement(
                        """
                        select r.id, r.parent_id, r.inherit, r.kind = 'device' from resource r
                        where r.domain_id = :domain and r.kind <> 'folder' and r.inherit = 0
                        union
                        select r.id, r.parent_id, r.inherit, r.kind = 'device' from acl_entry e join resource r on r.id = e.resource_id
                        where e.domain_id = :domain and r.kind <> 'folder'""")
                .list(row -> special.put(row.text(1), new Placement(row.textOrNull(2), row.flag(3), row.flag(4))));
        return special;
    }

    /** Whom a service partner's provider vouches for; nobody reaches anything where the folders are gone. */
    private Map<String, Confinement> confined(String domainId) {
        Map<String, Set<String>> folders = new HashMap<>();
        Map<String, Instant> ends = new HashMap<>();
        sql.in(domainId)
                .statement(
                        """
                        select u.user_id, p.ends, f.folder_id from identity_provider p
                          join corporate_user u on u.domain_id = p.domain_id and u.provider_id = p.id
                          left join identity_provider_folder f on f.provider_id = p.id
                        where p.domain_id = :domain and p.partner""")
                .list(row -> {
                    Set<String> of = folders.computeIfAbsent(row.text(1), user -> new HashSet<>());
                    String folder = row.textOrNull(3);
                    if (folder != null) {
                        of.add(folder);
                    }
                    return ends.put(row.text(1), row.instant(2));
                });
        Map<String, Confinement> confined = new HashMap<>();
        ends.forEach((user, end) -> confined.put(user, new Confinement(folders.getOrDefault(user, Set.of()), end)));
        return confined;
    }

    /** A row of {@link #ENTRY}; empty if it names a permission that this version does not know. */
    static Optional<Entry> entry(Row row) {
        return Permission.ofCode(row.text(4)).map(permission -> entry(row, permission));
    }

    private static Entry entry(Row row, Permission permission) {
        String zone = row.textOrNull(11);
        WeeklyWindow window = zone == null
                ? null
                : new WeeklyWindow(
                        WeeklyWindow.days((int) row.number(8)),
                        (int) row.number(9),
                        (int) row.number(10),
                        ZoneId.of(zone));
        return new Entry(
                row.text(1),
                row.text(2),
                row.text(3),
                permission,
                row.text(5).equals(Effect.ALLOW.code()) ? Effect.ALLOW : Effect.DENY,
                new Validity(row.instantOrNull(6), row.instantOrNull(7), window),
                row.flag(12),
                row.text(13).equals(Entry.Origin.REQUEST.code()) ? Entry.Origin.REQUEST : Entry.Origin.ENTRY,
                row.number(14));
    }

    /** A resource's place with the versions that it was read with: a move may raise either. */
    record Placed(Placement placement, long placementVersion, long rightsVersion) {}

    /** Places of resources; those that do not exist are missing. */
    Map<String, Placed> places(String domainId, Collection<String> ids) {
        Map<String, Placed> places = new HashMap<>();
        sql.in(domainId)
                .statement(
                        """
                        select r.id, r.parent_id, r.inherit, r.kind = 'folder', v.placement_version, r.kind = 'device',
                          v.rights_version
                        from resource r join domain_version v on v.domain_id = r.domain_id where r.domain_id = :domain and r.id in (:ids)""")
                .set("ids", ids)
                .list(row -> places.put(
                        row.text(1),
                        new Placed(
                                new Placement(row.flag(4) ? null : row.textOrNull(2), row.flag(3), row.flag(6)),
                                row.number(5),
                                row.number(7))));
        return places;
    }

    /** How many devices are in each folder itself. */
    Map<String, Integer> devices(String domainId) {
        Map<String, Integer> devices = new HashMap<>();
        sql.in(domainId)
                .statement(
                        "select parent_id, count(*) from resource where domain_id = :domain and kind = 'device' group by parent_id")
                .list(row -> devices.put(row.text(1), (int) row.number(2)));
        return devices;
    }

    /** How many devices are directly in each folder, of those that somebody sees. */
    Map<String, Integer> devices(String domainId, Scope seen) {
        if (seen.isEverything()) {
            return devices(domainId);
        }
        Map<String, Integer> devices = new HashMap<>();
        seen.bind(sql.in(domainId)
                        .statement("select r.parent_id, count(*) from resource r where r.domain_id = :domain"
                                + " and r.kind = 'device' and " + seen.things("r") + " group by r.parent_id"))
                .list(row -> devices.put(row.text(1), (int) row.number(2)));
        return devices;
    }

    /** Those of some devices that somebody sees. */
    Set<String> seen(String domainId, Scope scope, Collection<String> devices) {
        if (devices.isEmpty() || scope.isEverything()) {
            return Set.copyOf(devices);
        }
        return new HashSet<>(scope.bind(sql.in(domainId)
                        .statement("select r.id from resource r where r.domain_id = :domain and r.kind = 'device'"
                                + " and r.id in (:ids) and " + scope.things("r")))
                .set("ids", devices)
                .list(row -> row.text(1)));
    }

    /** The versions of domains; those that do not exist are missing. */
    record Versions(String domainId, long rights, long placement) {}

    List<Versions> versions(Collection<String> domainIds) {
        return sql.acrossDomains()
                .statement(
                        "select domain_id, rights_version, placement_version from domain_version where domain_id in (:ids)")
                .set("ids", domainIds)
                .list(row -> new Versions(row.text(1), row.number(2), row.number(3)));
    }
}
