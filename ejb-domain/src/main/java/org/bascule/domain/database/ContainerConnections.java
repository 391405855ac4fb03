package org.bascule.domain.database;

import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * The application's data sources: within a transaction every statement uses the same connection. A transaction that is opened while another of its thread is suspended and keeps a connection
 * takes its own from a second pool, {@code jdbc/bascule-nested}: if as many threads as there are connections all waited for a second one of the first pool, nobody would ever give one back.
 */
@ApplicationScoped
public class ContainerConnections implements ConnectionSource {

    private static final String CHOSEN = ContainerConnections.class.getName();

    @Resource(lookup = "jdbc/bascule")
    @SuppressWarnings("NullAway.Init")
    DataSource first;

    @Resource(lookup = "jdbc/bascule-nested")
    @SuppressWarnings("NullAway.Init")
    DataSource nested;

    @Resource(lookup = "java:comp/TransactionSynchronizationRegistry")
    @SuppressWarnings("NullAway.Init")
    TransactionSynchronizationRegistry registry;

    /** How many transactions of a thread keep a connection. */
    private final ThreadLocal<AtomicInteger> kept = ThreadLocal.withInitial(AtomicInteger::new);

    @Override
    public Connection get() throws SQLException {
        return dataSource().getConnection();
    }

    private DataSource dataSource() {
        AtomicInteger here = kept.get();
        DataSource next = here.get() == 0 ? first : nested;
        if (registry.getTransactionStatus() == Status.STATUS_NO_TRANSACTION) {
            return next;
        }
        if (registry.getResource(CHOSEN) instanceof DataSource chosen) {
            return chosen;
        }
        registry.putResource(CHOSEN, next);
        if (registry.getTransactionStatus() == Status.STATUS_ACTIVE) {
            registry.registerInterposedSynchronization(new GivenBack(here));
            here.incrementAndGet();
        }
        return next;
    }

    /** The thread of a transaction keeps one connection less when it is over. */
    private record GivenBack(AtomicInteger kept) implements Synchronization {

        @Override
        public void beforeCompletion() {
            // nothing is left to write
        }

        @Override
        public void afterCompletion(int status) {
            kept.decrementAndGet();
        }
    }
}
