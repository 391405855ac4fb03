package org.bascule.domain.acl;

import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import org.bascule.domain.database.PresentTransaction;

/** What the present transaction itself has changed about rights, which nobody outside of it knows yet. */
@Dependent
class RightsChanges {

    @Inject
    PresentTransaction transaction;

    private record Changed(String domainId) {}

    private record Moved(String domainId) {}

    /** Counts one more change; the number of changes so far. */
    long count(String domainId) {
        long changes = changes(domainId) + 1;
        transaction.put(new Changed(domainId), changes);
        return changes;
    }

    /** How often rights of the domain were changed. */
    long changes(String domainId) {
        return transaction.get(new Changed(domainId)).map(Long.class::cast).orElse(0L);
    }

    void move(String domainId) {
        transaction.put(new Moved(domainId), true);
    }

    /** Whether something may be in another place than everybody else knows. */
    boolean hasMoved(String domainId) {
        return transaction.get(new Moved(domainId)).isPresent() || changes(domainId) > 0;
    }
}
