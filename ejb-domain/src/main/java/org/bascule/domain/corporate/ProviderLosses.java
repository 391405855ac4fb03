package org.bascule.domain.corporate;

import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Sql;
import org.bascule.domain.identity.Caller;

/** What providers lose with folders and groups that are deleted. */
@Dependent
class ProviderLosses {

    @Inject
    Sql sql;

    @Inject
    ProviderStore store;

    /** What the log says of providers that name something which is about to be deleted: of each one thing, however much of it goes. */
    List<AuditEvent> removals(Caller caller, Collection<String> ids) {
        if (!isNamed(caller.domainId(), "identity_provider_group", "group_id", ids)
                && !isNamed(caller.domainId(), "identity_provider_folder", "folder_id", ids)) {
            return List.of();
        }
        Set<String> gone = Set.copyOf(ids);
        List<AuditEvent> events = new ArrayList<>();
        for (StoredProvider before : store.locked(caller.domainId())) {
            Changes changes = ProviderChanges.between(before, before.without(gone));
            if (!changes.isEmpty()) {
                events.add(caller.did(Operation.PROVIDER_CHANGED, Outcome.SUCCESS)
                        .on(before.id(), before.name())
                        .changing(changes));
            }
        }
        return events;
    }

    private boolean isNamed(String domainId, String table, String column, Collection<String> ids) {
        return sql.in(domainId)
                .statement("select 1 from " + table + " where domain_id = :domain and " + column
                        + " in (:ids) limit 1 lock in share mode")
                .set("ids", ids)
                .first(row -> row.number(1))
                .isPresent();
    }
}
