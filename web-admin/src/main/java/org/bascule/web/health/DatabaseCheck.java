package org.bascule.web.health;

import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when the database answers on both pools: without the second, what is refused would not be recorded. */
@Readiness
@ApplicationScoped
public class DatabaseCheck implements HealthCheck {

    private static final System.Logger LOG = System.getLogger(DatabaseCheck.class.getName());
    private static final int SECONDS = 3;

    @Resource(lookup = "jdbc/bascule")
    @SuppressWarnings("NullAway.Init") // the container sets it
    private DataSource database;

    @Resource(lookup = "jdbc/bascule-nested")
    @SuppressWarnings("NullAway.Init") // the container sets it
    private DataSource nested;

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("database")
                .status(answers(database) && answers(nested))
                .build();
    }

    private static boolean answers(DataSource pool) {
        try (Connection connection = pool.getConnection()) {
            return connection.isValid(SECONDS);
        } catch (SQLException e) {
            LOG.log(Level.WARNING, "The database does not answer", e);
            return false;
        }
    }
}
