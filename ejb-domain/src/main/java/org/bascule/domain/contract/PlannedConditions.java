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
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.acl.Demands;
import org.bascule.domain.acl.DemandsChange;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;

/**
 * The conditions of a whole domain as they are, and as they would be after a change of contracts or qualifications that has not been made. Both are
 * for now: what begins or ends later is not looked at. For one person and one device {@link Conditions} decides, by the same rules. Checks nobody's
 * permission to ask.
 */
@Stateless
public class PlannedConditions {

    @Inject
    Sql sql;

    @Inject
    Clock clock;

    /**
     * What is to be changed; the rest stays.
     *
     * @param contracts by folder, checked; empty if the folder is to have none of its own
     * @param qualifications all that a user is to have, checked
     */
    public record Change(Map<String, Optional<Contract>> contracts, Map<String, List<Qualification>> qualifications) {

        public static final Change NONE = new Change(Map.of(), Map.of());

        /** How many folders and users it is about. */
        public int size() {
            return contracts.size() + qualifications.size();
        }
    }

    /**
     * What a contract demands.
     *
     * @param admits whether anybody is let in
     * @param qualifications by their weight: names that the database takes for the same, in whatever letters, have the same
     */
    private record Demand(boolean admits, Set<String> qualifications) {}

    private record State(Map<String, Demand> demands, Map<String, Set<String>> held) implements Demands {

        @Override
        public Set<String> folders() {
            return demands.keySet();
        }

        @Override
        public boolean isMet(String folder, String user) {
            Demand demand = Objects.requireNonNull(demands.get(folder));
            return demand.admits() && held.getOrDefault(user, Set.of()).containsAll(demand.qualifications());
        }
    }

    /**
     * What is demanded before and after a change.
     *
     * @param permissions what nobody uses while conditions are not met
     */
    public DemandsChange of(String domainId, Set<Permission> permissions, Change change) {
        Map<String, Demand> demands = demands(domainId);
        if (demands.isEmpty() && change.contracts().isEmpty()) {
            return DemandsChange.NONE;
        }
        Map<String, Set<String>> held = held(domainId);
        Map<String, Demand> demandsAfter = new HashMap<>(demands);
        change.contracts()
                .forEach((folder, contract) -> contract.ifPresentOrElse(
                        each -> demandsAfter.put(folder, demand(each, weights(domainId, each.qualifications()))),
                        () -> demandsAfter.remove(folder)));
        Map<String, Set<String>> heldAfter = new HashMap<>(held);
        change.qualifications().forEach((user, items) -> heldAfter.put(user, weights(domainId, unexpired(items))));
        return new DemandsChange(
                new State(demands, held),
                new State(demandsAfter, heldAfter),
                permissions,
                change.contracts().keySet(),
                change.qualifications().keySet());
    }

    private Map<String, Demand> demands(String domainId) {
        Map<String, Set<String>> needed = grouped(sql.in(domainId)
                .statement(
                        "select folder_id, hex(weight_string(name)) from contract_qualification where domain_id = :domain")
                .list(PlannedConditions::pair));
        Map<String, Demand> demands = new HashMap<>();
        sql.in(domainId)
                .statement(
                        "select folder_id, reference, valid_from, valid_until, required from contract where domain_id = :domain")
                .list(row -> demands.put(
                        row.text(1),
                        demand(
                                new Contract(
                                        row.textOrNull(2),
                                        "",
                                        row.instantOrNull(3),
                                        row.instantOrNull(4),
                                        "",
                                        row.flag(5),
                                        List.of()),
                                needed.getOrDefault(row.text(1), Set.of()))));
        return demands;
    }

    private Demand demand(Contract contract, Set<String> qualifications) {
        return new Demand(contract.admits(clock.instant()), qualifications);
    }

    private Map<String, Set<String>> held(String domainId) {
        return grouped(sql.in(domainId)
                .statement("select user_id, hex(weight_string(name)) from user_qualification"
                        + " where domain_id = :domain and (valid_until is null or valid_until > :now)")
                .set("now", clock.instant())
                .list(PlannedConditions::pair));
    }

    private record Pair(String id, String weight) {}

    private static Pair pair(Row row) {
        return new Pair(row.text(1), row.text(2));
    }

    private static Map<String, Set<String>> grouped(Collection<Pair> pairs) {
        Map<String, Set<String>> grouped = new HashMap<>();
        pairs.forEach(pair ->
                grouped.computeIfAbsent(pair.id(), id -> new HashSet<>()).add(pair.weight()));
        return grouped;
    }

    private List<String> unexpired(List<Qualification> items) {
        Instant now = clock.instant();
        List<String> names = new ArrayList<>();
        for (Qualification item : items) {
            if (item.until() == null || item.until().isAfter(now)) {
                names.add(item.name());
            }
        }
        return names;
    }

    private Set<String> weights(String domainId, List<String> names) {
        Set<String> weights = new HashSet<>();
        for (String name : names) {
            sql.in(domainId)
                    .statement("select hex(weight_string(convert(:name using utf8mb4) collate utf8mb4_unicode_520_ci))"
                            + " from domain where id = :domain")
                    .set("name", name)
                    .first(row -> row.text(1))
                    .ifPresent(weights::add);
        }
        return weights;
    }
}
