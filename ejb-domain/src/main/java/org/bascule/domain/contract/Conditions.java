package org.bascule.domain.contract;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;

/** Decides whether the conditions of access to devices are met, in at most three statements for hundreds. */
@Stateless
public class Conditions {

    private static final int AT_ONCE = 500;

    private static final String NEAREST =
            """
            select d.id, k.folder_id, k.required,
              k.reference is not null and (k.valid_from is null or k.valid_from <= :now) and (k.valid_until is null or k.valid_until > :now)
            from resource d join folder_closure c on c.descendant_id = d.parent_id join contract k on k.folder_id = c.ancestor_id
            where d.domain_id = :domain and d.id in (:devices)
            order by c.depth""";

    @Inject
    Sql sql;

    @Inject
    Clock clock;

    /** Somebody on a device. */
    public record Access(String userId, String deviceUid) {}

    private record Nearest(String deviceUid, String folderId, boolean admits) {

        static Nearest of(Row row) {
            return new Nearest(row.text(1), row.text(2), !row.flag(3) || row.flag(4));
        }
    }

    /**
     * A qualification that a folder demands or a user has.
     *
     * @param weight the same for names that the database takes for the same, in whatever letters
     */
    private record Named(String id, String name, String weight) {

        static Named of(Row row) {
            return new Named(row.text(1), row.text(2), row.text(3));
        }
    }

    /** What stands between a user and a device now; empty if nothing does. */
    public Optional<UnmetCondition> unmet(String domainId, String userId, String deviceUid) {
        Access access = new Access(userId, deviceUid);
        return Optional.ofNullable(unmet(domainId, List.of(access)).get(access));
    }

    /** The same for many; those between which nothing stands are missing. */
    public Map<Access, UnmetCondition> unmet(String domainId, Collection<Access> accesses) {
        Map<Access, UnmetCondition> unmet = new HashMap<>();
        List<Access> all = List.copyOf(new HashSet<>(accesses));
        for (int i = 0; i < all.size(); i += AT_ONCE) {
            unmet.putAll(someUnmet(domainId, all.subList(i, Math.min(all.size(), i + AT_ONCE))));
        }
        return unmet;
    }

    private Map<Access, UnmetCondition> someUnmet(String domainId, List<Access> some) {
        Map<String, Nearest> contracts = nearest(domainId, ids(some, Access::deviceUid));
        if (contracts.isEmpty()) {
            return Map.of();
        }
        Map<String, List<Named>> demanded = demanded(domainId, contracts.values());
        Map<String, Set<String>> held = demanded.isEmpty() ? Map.of() : held(domainId, ids(some, Access::userId));
        Map<Access, UnmetCondition> unmet = new HashMap<>();
        for (Access access : some) {
            Nearest contract = contracts.get(access.deviceUid());
            if (contract != null && !contract.admits()) {
                unmet.put(access, UnmetCondition.CONTRACT);
            } else if (contract != null) {
                Set<String> has = held.getOrDefault(access.userId(), Set.of());
                demanded.getOrDefault(contract.folderId(), List.of()).stream()
                        .filter(each -> !has.contains(each.weight()))
                        .findFirst()
                        .ifPresent(each -> unmet.put(access, UnmetCondition.qualification(each.name())));
            }
        }
        return unmet;
    }

    private static Set<String> ids(List<Access> some, Function<Access, String> id) {
        Set<String> ids = new HashSet<>();
        some.forEach(access -> ids.add(id.apply(access)));
        return ids;
    }

    private Map<String, Nearest> nearest(String domainId, Set<String> devices) {
        Map<String, Nearest> nearest = new HashMap<>();
        sql.in(domainId)
                .statement(NEAREST)
                .set("devices", devices)
                .set("now", clock.instant())
                .list(Nearest::of)
                .forEach(each -> nearest.putIfAbsent(each.deviceUid(), each));
        return nearest;
    }

    private Map<String, List<Named>> demanded(String domainId, Collection<Nearest> contracts) {
        Set<String> folders = new HashSet<>();
        contracts.forEach(each -> folders.add(each.folderId()));
        Map<String, List<Named>> demanded = new HashMap<>();
        sql.in(domainId)
                .statement("select folder_id, name, hex(weight_string(name)) from contract_qualification"
                        + " where domain_id = :domain and folder_id in (:folders) order by name")
                .set("folders", folders)
                .list(Named::of)
                .forEach(each -> demanded.computeIfAbsent(each.id(), id -> new ArrayList<>())
                        .add(each));
        return demanded;
    }

    private Map<String, Set<String>> held(String domainId, Set<String> users) {
        Map<String, Set<String>> held = new HashMap<>();
        sql.in(domainId)
                .statement(
                        "select user_id, name, hex(weight_string(name)) from user_qualification where domain_id = :domain"
                                + " and user_id in (:users) and (valid_until is null or valid_until > :now)")
                .set("users", users)
                .set("now", clock.instant())
                .list(Named::of)
                .forEach(each ->
                        held.computeIfAbsent(each.id(), id -> new HashSet<>()).add(each.weight()));
        return held;
    }

    /**
     * The first time after this one at which a contract that is required, or a qualification, ends in the domain; {@link Instant#MAX} if none does. What
     * begins with the time ends no access.
     */
    public Instant nextEnd(String domainId, Instant after) {
        return sql.in(domainId)
                .statement(
                        """
                        select min(ends) from (
                          select valid_until as ends from contract where domain_id = :domain and required and valid_until > :after
                          union all
                          select valid_until from user_qualification where domain_id = :domain and valid_until > :after) e""")
                .set("after", after)
                .first(row -> Optional.ofNullable(row.instantOrNull(1)))
                .flatMap(found -> found)
                .orElse(Instant.MAX);
    }
}
