package org.bascule.domain.database;

/** Runs work in a transaction of its own, for beans that are not transactional themselves and for what must outlive a rollback. */
public interface Transactions {

    /** Commits when the work returns, rolls back when it throws. A transaction that is under way is suspended. */
    <T, E extends Exception> T inNew(Work<T, E> work) throws E;

    /** Something to do in a transaction. */
    @FunctionalInterface
    interface Work<T, E extends Exception> {
        T run() throws E;
    }
}
