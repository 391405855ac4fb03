package org.bascule.domain.database;

import jakarta.ejb.Local;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;

/** Transactions of the container. Checked exceptions roll back if they are marked as application exceptions that do. */
@Stateless
@Local(Transactions.class)
@TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
public class ContainerTransactions implements Transactions {

    @Override
    public <T, E extends Exception> T inNew(Work<T, E> work) throws E {
        return work.run();
    }
}
