package org.bascule.domain.transparency;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.options.Options;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDatabase;
import org.bascule.domain.testing.TestDomain;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator's script as he runs it, with the client of the database. What it calls is tested in {@link ExportTest}. */
class RetentionScriptTest {

    private static final int DAYS = 500;
    private static final Path SCRIPT = Path.of("../ear/app/src/main/scripts/audit-retention.sh");

    private final TestDatabase database = TestDatabase.get();
    private final TestDomain domain = new TestDomain().started();
    private final Sample sample = new Sample(domain);
    private final Path folder;

    private record Ran(int exit, String output) {}

    RetentionScriptTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private void record(String name) {
        domain.get(AuditLog.class)
                .record(AuditEvent.of(sample.id, Actor.unknown(name, "192.0.2.1"), Operation.LOGIN, Outcome.DENIED));
    }

    /** Three that are old, and one of today. The domain keeps them for 400 days. */
    @BeforeEach
    void records() throws RefusedException, SQLException {
        Sealer sealer = domain.get(Sealer.class);
        List.of("a", "b", "c").forEach(this::record);
        sealer.seal(sample.id);
        domain.clock.advance(Duration.ofDays(DAYS));
        record("now");
        sealer.seal(sample.id);
        domain.transactions.run(() -> domain.get(Options.class).lock(sample.id));
        try (Connection connection = database.superuser().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "update bascule.domain_option set audit_days = 400 where domain_id = '%s'".formatted(sample.id));
        }
    }

    private List<String> names() {
        return domain.sql
                .in(sample.id)
                .statement(
                        "select coalesce(user_name, '') from bascule_audit.audit_event where domain_id = :domain order by id")
                .list(row -> row.text(1));
    }

    /** As it is done after these days: by the database's clock for this one connection. */
    private Ran run(String password, String... arguments) throws IOException, InterruptedException {
        Path secret = Files.writeString(folder.resolve("secret"), password + "\n");
        Path settings =
                Files.writeString(folder.resolve("bascule.conf"), "DB_MIGRATE_PASSWORD_FILE='" + secret + "'\n");
        List<String> command = new ArrayList<>(List.of("sh", SCRIPT.toString(), settings.toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-h", "127.0.0.1", "-P", String.valueOf(database.port())));
        command.add("--init-command=set timestamp = unix_timestamp() + %d * 86400".formatted(DAYS));
        Path output = folder.resolve("output");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().merge("PATH", database.programs().toString(), (path, programs) -> programs + ":" + path);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Ran(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    }

    @Test
    void whatHasExpiredIsRemovedAndTheRemovalIsRecorded() throws Exception {
        assertThat(run(database.migrationPassword(), "--days", "600"))
                .isEqualTo(new Ran(0, "records that have expired are removed as far as they were sealed\n"));
        assertThat(names()).as("the operator keeps them longer").containsExactly("a", "b", "c", "now");

        assertThat(run(database.migrationPassword()).exit()).isZero();
        assertThat(names()).containsExactlyInAnyOrder("now", System.getProperty("user.name"));
        assertThat(sample.audited("audit.expire")).singleElement().satisfies(row -> assertThat(row.detail())
                .isEqualTo("records before 3 were removed: older than 400 days"));
    }

    @Test
    void whoIsNotTheOperatorRemovesNothingAndIsTold() throws Exception {
        Ran ran = run("another-password");
        assertThat(ran.exit()).isNotZero();
        assertThat(ran.output()).contains("Access denied").doesNotContain("are removed");
        assertThat(names()).containsExactly("a", "b", "c", "now");
    }
}
