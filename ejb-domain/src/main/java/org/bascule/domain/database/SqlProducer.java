package org.bascule.domain.database;

import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import javax.sql.DataSource;

/** The application's data source, {@code jdbc/bascule}: within a transaction every statement uses the same connection. */
@ApplicationScoped
public class SqlProducer {

    @Resource(lookup = "jdbc/bascule")
    @SuppressWarnings("NullAway.Init")
    DataSource dataSource;

    @Produces
    @Singleton
    Sql sql() {
        return new Sql(dataSource::getConnection);
    }
}
