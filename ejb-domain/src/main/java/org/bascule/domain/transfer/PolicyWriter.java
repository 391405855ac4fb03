package org.bascule.domain.transfer;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bascule.domain.database.Sql;
import org.bascule.domain.sessionpolicy.SessionPolicy;

/** Writes the part of a plan that is about session policies and fixed relays. */
@Stateless
public class PolicyWriter {

    @Inject
    Sql sql;

    private record Value<T>(String resource, T value) {}

    public void write(String domain, Plan plan) {
        sql.in(domain)
                .statement("delete from session_policy where domain_id = :domain and resource_id = :id")
                .updateEach(List.copyOf(plan.sessionPolicies.keySet()), (row, id) -> row.set("id", id));
        sql.in(domain)
                .statement(
                        """
                        insert into session_policy (resource_id, domain_id, consent, reason_required, full_log, timeout_seconds)
                        values (:id, :domain, :consent, :reason, :log, :timeout)""")
                .updateEach(there(plan.sessionPolicies), (row, each) -> {
                    SessionPolicy policy = each.value();
                    row.set("id", each.resource())
                            .set("consent", policy.consentText())
                            .set("reason", policy.reasonRequired())
                            .set("log", policy.fullLog())
                            .set("timeout", policy.timeoutSeconds());
                });
        sql.in(domain)
                .statement("delete from fixed_relay where domain_id = :domain and resource_id = :id")
                .updateEach(List.copyOf(plan.fixedRelays.keySet()), (row, id) -> row.set("id", id));
        sql.in(domain)
                .statement("insert into fixed_relay (resource_id, domain_id, relay) values (:id, :domain, :relay)")
                .updateEach(there(plan.fixedRelays), (row, each) -> row.set("id", each.resource())
                        .set("relay", each.value()));
        List<String> concerned = Stream.of(plan.sessionPolicies, plan.fixedRelays)
                .flatMap(changed -> changed.keySet().stream())
                .distinct()
                .filter(plan.versions::containsKey)
                .toList();
        sql.in(domain)
                .statement("update resource set version = version + 1 where domain_id = :domain and id = :id")
                .updateEach(concerned, (row, id) -> row.set("id", id));
    }

    private static <T> List<Value<T>> there(Map<String, Optional<T>> changed) {
        return changed.entrySet().stream()
                .flatMap(each -> each.getValue().map(value -> new Value<>(each.getKey(), value)).stream())
                .toList();
    }
}
