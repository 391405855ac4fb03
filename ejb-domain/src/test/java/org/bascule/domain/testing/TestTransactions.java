package org.bascule.domain.testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.bascule.domain.database.PresentTransaction;
import org.bascule.domain.database.Transactions;

/**
 * Transactions as the container has them: a connection for each, bound to the thread; an inner one is independent of the outer one. A statement outside
 * of any is committed at once.
 */
public final class TestTransactions implements Transactions, PresentTransaction {

    private final DataSource dataSource;
    private final AtomicLong statements = new AtomicLong();
    private final ThreadLocal<Deque<Transaction>> stack = ThreadLocal.withInitial(ArrayDeque::new);

    /** How many statements there were so far, a batch being one. */
    public long statements() {
        return statements.get();
    }

    private record Transaction(Connection connection, List<Runnable> afterCommit, Map<Object, Object> remembered) {}

    public TestTransactions(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** For statements, each of which asks for it once: the connection of the present transaction, which closing leaves open. */
    public Connection connection() throws SQLException {
        statements.incrementAndGet();
        Transaction present = stack.get().peek();
        return present == null ? dataSource.getConnection() : unclosable(present.connection());
    }

    private static Connection unclosable(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                TestTransactions.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                    if (method.getName().equals("close")) {
                        return null;
                    }
                    try {
                        return method.invoke(connection, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Runs when the present transaction has committed, at once where there is none. */
    void afterCommit(Runnable action) {
        Transaction present = stack.get().peek();
        if (present == null) {
            action.run();
        } else {
            present.afterCommit().add(action);
        }
    }

    @Override
    public Optional<Object> get(Object key) {
        return Optional.ofNullable(stack.get().peek())
                .map(present -> present.remembered().get(key));
    }

    @Override
    public void put(Object key, Object value) {
        Optional.ofNullable(stack.get().peek())
                .ifPresent(present -> present.remembered().put(key, value));
    }

    @Override
    public <T, E extends Exception> T inNew(Work<T, E> work) throws E {
        List<Runnable> afterCommit = new ArrayList<>();
        T result;
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            stack.get().push(new Transaction(connection, afterCommit, new HashMap<>()));
            boolean done = false;
            try {
                result = work.run();
                done = true;
            } finally {
                stack.get().pop();
                if (done) {
                    connection.commit();
                } else {
                    connection.rollback();
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        afterCommit.forEach(Runnable::run);
        return result;
    }

    /** The same for work without a result. */
    public <E extends Exception> void run(Action<E> action) throws E {
        this.<Boolean, E>inNew(() -> {
            action.run();
            return true;
        });
    }

    /** Something to do. */
    @FunctionalInterface
    public interface Action<E extends Exception> {
        void run() throws E;
    }
}
