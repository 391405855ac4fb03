package org.bascule.domain.database;

import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Status;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.util.Optional;

/** The container's transaction of the calling thread. */
@ApplicationScoped
public class ContainerTransaction implements PresentTransaction {

    @Resource(lookup = "java:comp/TransactionSynchronizationRegistry")
    @SuppressWarnings("NullAway.Init")
    TransactionSynchronizationRegistry registry;

    @Override
    public Optional<Object> get(Object key) {
        return isActive() ? Optional.ofNullable(registry.getResource(key)) : Optional.empty();
    }

    @Override
    public void put(Object key, Object value) {
        if (isActive()) {
            registry.putResource(key, value);
        }
    }

    private boolean isActive() {
        int status = registry.getTransactionStatus();
        return status == Status.STATUS_ACTIVE || status == Status.STATUS_MARKED_ROLLBACK;
    }
}
