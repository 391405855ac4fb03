package org.bascule.domain.schema;

import java.io.ByteArrayOutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.util.Map;
import javax.sql.DataSource;
import liquibase.Scope;
import liquibase.changelog.FastCheckService;
import liquibase.command.CommandScope;
import liquibase.command.core.helpers.DbUrlConnectionArgumentsCommandStep;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.ClassLoaderResourceAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Runs the changelog. Guarded by a lease row: on an empty schema two servers that start together would otherwise both try to create Liquibase's
 * own tables, and one would fail.
 */
public final class SchemaMigration {

    private static final Logger LOG = System.getLogger(SchemaMigration.class.getName());
    private static final String CHANGELOG = "db/changelog/master.xml";

    private final DataSource dataSource;
    private final MigrationLease lease;

    /** @param dataSource connections of the migration account, outside of any transaction */
    public SchemaMigration(DataSource dataSource) {
        this.dataSource = dataSource;
        this.lease = new MigrationLease(dataSource);
    }

    /** Applies what is missing; does nothing where the schema is current. */
    public void update() {
        long start = System.nanoTime();
        guarded(database -> {
            CommandScope update = command("update", database);
            update.execute();
        });
        LOG.log(Level.INFO, "database schema is current after {0} ms", (System.nanoTime() - start) / 1_000_000);
    }

    /** Takes back the last changesets, newest first. */
    public void rollback(int changesets) {
        guarded(database -> {
            CommandScope rollback = command("rollbackCount", database);
            rollback.addArgumentValue("count", changesets);
            rollback.execute();
            // Liquibase remembers for the life of the JVM that a schema was current
            Scope.getCurrentScope().getSingleton(FastCheckService.class).clearCache();
        });
    }

    private static CommandScope command(String name, Database database) throws Exception {
        CommandScope command = new CommandScope(name);
        command.addArgumentValue(DbUrlConnectionArgumentsCommandStep.DATABASE_ARG, database);
        command.addArgumentValue("changelogFile", CHANGELOG);
        command.setOutput(new ByteArrayOutputStream());
        return command;
    }

    private void guarded(Step step) {
        try {
            lease.acquire();
            try {
                inLiquibaseScope(step);
            } finally {
                lease.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SchemaException("interrupted while another server migrates the schema", e);
        } catch (Exception e) {
            throw new SchemaException("the database schema could not be migrated", e);
        }
    }

    /** Liquibase finds its parts through the context class loader, which in a server is not the one of this module. */
    private void inLiquibaseScope(Step step) throws Exception {
        ClassLoader own = SchemaMigration.class.getClassLoader();
        @Nullable ClassLoader before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(own);
        try (Connection connection = dataSource.getConnection()) {
            Map<String, Object> scope = Map.of(
                    Scope.Attr.classLoader.name(),
                    own,
                    Scope.Attr.resourceAccessor.name(),
                    new ClassLoaderResourceAccessor(own));
            Scope.child(scope, () -> {
                Database database =
                        DatabaseFactory.getInstance().findCorrectDatabaseImplementation(new JdbcConnection(connection));
                step.run(database);
            });
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private interface Step {
        void run(Database database) throws Exception;
    }
}
