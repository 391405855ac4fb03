package org.bascule.domain.database;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Statements of the container's transactions. */
@ApplicationScoped
public class SqlProducer {

    @Produces
    @Singleton
    Sql sql(ContainerConnections connections) {
        return new Sql(connections);
    }
}
