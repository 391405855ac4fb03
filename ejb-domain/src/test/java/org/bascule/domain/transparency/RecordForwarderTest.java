package org.bascule.domain.transparency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a real rsyslog, and with servers that do not do what they should. */
class RecordForwarderTest {

    private final TestDomain domain = new TestDomain().started();
    private final Sample sample = new Sample(domain);
    private final Sample other = new Sample(domain);
    private final RecordForwarder forwarder = domain.get(RecordForwarder.class);

    private Path folder;
    private AnchorSettings.Syslog settings;

    /** What other tests have left is not of interest. */
    @BeforeEach
    void start(@TempDir Path temporary) throws Exception {
        folder = temporary;
        SyslogServer.certificates(folder, "localhost");
        settings = new AnchorSettings.Syslog("localhost", SyslogServer.freePort(), folder.resolve("ca.pem"));
        domain.sql
                .acrossDomains()
                .statement("insert into audit_forward (tree, next_seq) select tree, max(size) from"
                        + " bascule_audit.audit_tree_head group by tree on duplicate key update next_seq ="
                        + " values(next_seq)")
                .update();
    }

    private void makeRow() {
        domain.sql
                .in(Tree.INSTALLATION)
                .statement("insert ignore into audit_forward (tree, next_seq) values (:domain, 0)")
                .update();
    }

    private void record(Sample in, Outcome outcome, String detail) {
        record(in, outcome, "eve", detail);
    }

    private void record(Sample in, Outcome outcome, @Nullable String user, String detail) {
        domain.get(AuditLog.class)
                .record(AuditEvent.of(in.id, Actor.unknown(user, "192.0.2.1"), Operation.LOGIN, outcome)
                        .saying(detail));
    }

    private void seal(Sample... samples) throws Exception {
        for (Sample each : samples) {
            domain.get(Sealer.class).seal(each.id);
        }
    }

    private List<String> lines(String file) {
        return SyslogServer.text(folder.resolve(file)).lines().toList();
    }

    /** Details of a domain's records as they came. */
    private List<String> details(Sample of) {
        return lines("raw").stream()
                .filter(line -> line.contains(" domain=\"" + of.id + "\" "))
                .map(line -> line.replaceFirst("^.*\\] \uFEFF", ""))
                .toList();
    }

    private long position(Sample of) {
        return domain.sql
                .in(of.id)
                .statement("select next_seq from audit_forward where tree = :domain")
                .first(row -> row.number(1))
                .orElse(0L);
    }

    @Test
    void recordsArriveOnceAndInOrder() throws Exception {
        record(sample, Outcome.SUCCESS, "one");
        record(sample, Outcome.DENIED, "two");
        certificate();
        seal(sample);
        record(sample, Outcome.FAILED, "three");
        record(other, Outcome.SUCCESS, "elsewhere");
        seal(sample, other);
        record(sample, Outcome.SUCCESS, "not sealed");
        try (SyslogServer server = new SyslogServer(folder, settings.port())) {
            assertThat(forwarder.forward(settings)).isTrue();
            assertThat(forwarder.forward(settings)).isTrue();
            SyslogServer.within("the records", () -> lines("raw").size() == 4);
            seal(sample);
            assertThat(forwarder.forward(settings)).isTrue();
            SyslogServer.within("the last", () -> lines("raw").size() == 5);
        }
        assertThat(details(sample)).containsExactly("one", "two", "three", "not sealed");
        assertThat(details(other)).containsExactly("elsewhere");
        assertThat(lines("received"))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("109 bascule.example bascule login ")
                        .endsWith("one"))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("108 bascule.example bascule login ")
                        .endsWith("two"))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("107 bascule.example bascule login ")
                        .endsWith("three"));
        assertThat(lines("raw").get(0))
                .matches("<109>1 \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z bascule\\.example .*");
    }

    /** It is a leaf, and no record. */
    private void certificate() {
        domain.sql
                .in(sample.id)
                .statement("insert into bascule_audit.audit_certificate (id, domain_id, device_id, certificate)"
                        + " values (:id, :domain, :id, :certificate)")
                .set("id", domain.ids.next())
                .set("certificate", new byte[] {1})
                .update();
    }

    @Test
    void hostileTextsStayOneLineAndInTheirParameter() throws Exception {
        record(
                sample,
                Outcome.DENIED,
                "\" seq=\"0\"] \\\n<109>1 2026-01-01T00:00:00Z h bascule - login - forged\r\u202Eä",
                "]\n12 <109>1 - - - - - - forged \uFEFF\u2028ß");
        record(sample, Outcome.DENIED, "\\", "\u20AC".repeat(5_000));
        record(sample, Outcome.SUCCESS, "x".repeat(500) + "\"", "last");
        seal(sample);
        try (SyslogServer server = new SyslogServer(folder, settings.port())) {
            assertThat(forwarder.forward(settings)).isTrue();
            SyslogServer.within(
                    "the records",
                    () -> lines("raw").size() == 3 && lines("data").size() == 3);
        }
        assertThat(lines("raw")).hasSize(3);
        assertThat(lines("received")).hasSize(3).allMatch(line -> line.contains(" bascule.example bascule login "));
        assertThat(lines("data").get(0))
                .contains(" user=\"\\\" seq=\\\"0\\\"\\] \\\\ <109>1 2026-01-01T00:00:00Z h bascule - login - forged "
                        + " ä\" ")
                .endsWith(" address=\"192.0.2.1\"]");
        assertThat(lines("received").get(0)).endsWith("] 12 <109>1 - - - - - - forged   ß");
        assertThat(lines("data").get(1)).contains(" user=\"\\\\\" ");
        assertThat(details(sample).get(1)).isEqualTo("\u20AC".repeat(1_000));
        assertThat(details(sample).get(2)).isEqualTo("last");
    }

    @Test
    void serverThatWasAwayGetsEverythingAndItIsSaidOnce() throws Exception {
        int count = 2 * RecordForwarder.BATCH + 100;
        IntStream.range(0, count).forEach(number -> record(sample, Outcome.SUCCESS, "n" + number));
        record(other, Outcome.SUCCESS, "elsewhere");
        seal(sample, other);
        List<LogRecord> said = new ArrayList<>();
        Handler handler = collecting(said);
        Logger logger = Logger.getLogger(RecordForwarder.class.getName());
        logger.addHandler(handler);
        try {
            assertThat(forwarder.forward(settings)).isFalse();
            assertThat(forwarder.forward(settings)).isFalse();
            assertThat(position(sample)).isZero();
            assertThat(said).hasSize(1);
            try (SyslogServer server = new SyslogServer(folder, settings.port())) {
                assertThat(forwarder.forward(settings)).isTrue();
                SyslogServer.within("all records", () -> lines("raw").size() == count + 1);
            }
            assertThat(said).hasSize(2);
            record(sample, Outcome.SUCCESS, "later");
            seal(sample);
            assertThat(forwarder.forward(settings)).isFalse();
            assertThat(said).hasSize(3);
            try (SyslogServer server = new SyslogServer(folder, settings.port())) {
                assertThat(forwarder.forward(settings)).isTrue();
                SyslogServer.within("the last", () -> lines("raw").size() == count + 2);
            }
        } finally {
            logger.removeHandler(handler);
        }
        List<String> expected = new ArrayList<>(
                IntStream.range(0, count).mapToObj(number -> "n" + number).toList());
        expected.add("later");
        assertThat(details(sample)).isEqualTo(expected);
    }

    private static Handler collecting(List<LogRecord> into) {
        return new Handler() {
            @Override
            public void publish(LogRecord entry) {
                into.add(entry);
            }

            @Override
            public void flush() {
                // nothing is kept back
            }

            @Override
            public void close() {
                // nothing is open
            }
        };
    }

    @Test
    void restartedNodeGoesOnWhereItWasLeft() throws Exception {
        record(sample, Outcome.SUCCESS, "before");
        seal(sample);
        try (SyslogServer server = new SyslogServer(folder, settings.port())) {
            assertThat(forwarder.forward(settings)).isTrue();
            record(sample, Outcome.SUCCESS, "after");
            seal(sample);
            assertThat(domain.restarted().get(RecordForwarder.class).forward(settings))
                    .isTrue();
            SyslogServer.within("both", () -> lines("raw").size() == 2);
        }
        assertThat(details(sample)).containsExactly("before", "after");
    }

    @Test
    void oneNodeForwardsAtATime() throws Exception {
        makeRow();
        record(sample, Outcome.SUCCESS, "once");
        seal(sample);
        try (SyslogServer server = new SyslogServer(folder, settings.port())) {
            RecordForwarder second = domain.restarted().get(RecordForwarder.class);
            boolean nothing = domain.transactions.inNew(() -> {
                domain.sql
                        .in(Tree.INSTALLATION)
                        .statement("select 1 from audit_forward where tree = :domain for update")
                        .first(row -> true);
                return second.forward(settings);
            });
            assertThat(nothing).isTrue();
            assertThat(position(sample)).isZero();
            assertThat(second.forward(settings)).isTrue();
            SyslogServer.within("the record", () -> lines("raw").size() == 1);
        }
        assertThat(details(sample)).containsExactly("once");
    }

    @Test
    void serverThatDoesNotTakeTheRecordsIsAskedAgain() throws Exception {
        record(sample, Outcome.SUCCESS, "kept");
        seal(sample);
        for (boolean reads : new boolean[] {false, true}) {
            try (ServerSocket server = new ServerSocket(settings.port(), 1, InetAddress.getLoopbackAddress())) {
                SSLContext tls = SyslogServer.tls(folder);
                CompletableFuture<Boolean> done = CompletableFuture.supplyAsync(() -> serve(server, tls, reads));
                assertThat(forwarder.forward(settings)).isFalse();
                assertThat(done.get(30, TimeUnit.SECONDS)).isEqualTo(reads);
            }
            assertThat(position(sample)).isZero();
        }
        try (SyslogServer server = new SyslogServer(folder, settings.port())) {
            assertThat(forwarder.forward(settings)).isTrue();
            SyslogServer.within("the record", () -> lines("raw").size() == 1);
        }
        assertThat(details(sample)).containsExactly("kept");
    }

    /** Either breaks the connection without reading, or reads and never answers. */
    private static boolean serve(ServerSocket server, SSLContext tls, boolean reads) {
        try (Socket plain = server.accept();
                SSLSocket socket =
                        (SSLSocket) tls.getSocketFactory().createSocket(plain, "localhost", plain.getPort(), false)) {
            socket.setUseClientMode(false);
            socket.startHandshake();
            if (reads) {
                byte[] text = socket.getInputStream().readNBytes(100);
                Thread.sleep(SyslogTls.TIMEOUT_MILLIS + 1_000);
                return text.length == 100;
            }
            plain.setSoLinger(true, 0);
            plain.close();
            return false;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Test
    void itIsOffUnlessTheSettingSaysTrue() {
        assertThat(AnchorSettings.recordsWanted(Optional.empty())).isFalse();
        assertThat(AnchorSettings.recordsWanted(Optional.of("false"))).isFalse();
        assertThat(AnchorSettings.recordsWanted(Optional.of("true"))).isTrue();
        assertThatThrownBy(() -> AnchorSettings.recordsWanted(Optional.of("yes")))
                .hasMessageContaining("true or false");
    }
}
