package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import org.bascule.launcher.DemoDescription;

/** The longest time of a session is hours; here the database is told that it is over, so that the server ends it, not the agent. */
final class SessionTime {

    private SessionTime() {}

    /** @param sids of sessions that run */
    static void end(TheSystem system, Collection<String> sids) throws SQLException {
        DemoDescription.Database database = system.database();
        String url = "jdbc:mariadb://" + database.host() + ":" + database.port() + "/bascule";
        try (Connection connection = DriverManager.getConnection(url, database.user(), database.password());
                PreparedStatement update = connection.prepareStatement(
                        "update remote_session set session_expires = utc_timestamp() - interval 1 second,"
                                + " renewed = utc_timestamp() - interval 1 hour where sid = ?")) {
            for (String sid : sids) {
                update.setString(1, sid);
                assertThat(update.executeUpdate()).isEqualTo(1);
            }
        }
    }
}
