package org.bascule.domain.transparency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLSocket;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.log.TreeHead;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnchorsTest {

    private final TestDomain domain = new TestDomain().started();
    private final Sample sample = new Sample(domain);
    private final Anchors anchors = domain.get(Anchors.class);

    private Path folder;

    @BeforeEach
    void start(@TempDir Path temporary) {
        folder = temporary;
    }

    private TreeHead grown() throws Exception {
        domain.get(AuditLog.class).record(AuditEvent.of(sample.id, Actor.SERVER, Operation.LOGIN, Outcome.DENIED));
        domain.get(Sealer.class).seal(sample.id);
        return domain.get(TreeStore.class).head(sample.id).orElseThrow();
    }

    private List<String> mine(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.contains(sample.id))
                .toList();
    }

    @Test
    void everyHeadThatIsNewestIsAppendedOnce() throws Exception {
        Path file = folder.resolve("anchors");
        AnchorSettings settings = new AnchorSettings(Optional.of(file), Optional.empty());
        TreeHead first = grown();
        anchors.publish(settings);
        anchors.publish(settings);
        TreeHead second = grown();
        anchors.publish(settings);
        assertThat(mine(file))
                .containsExactly(first.toJson().toString(), second.toJson().toString());
    }

    @Test
    void fileThatCannotBeWrittenHoldsUpNothingAndIsCaughtUp() throws Exception {
        Path file = folder.resolve("missing").resolve("anchors");
        AnchorSettings settings = new AnchorSettings(Optional.of(file), Optional.empty());
        TreeHead head = grown();
        anchors.publish(settings);
        Files.createDirectory(file.getParent());
        anchors.publish(settings);
        assertThat(mine(file)).containsExactly(head.toJson().toString());
    }

    @Test
    void headsReachARealSyslogServerAlsoAfterItWasAway() throws Exception {
        SyslogServer.certificates(folder, "localhost");
        int port = SyslogServer.freePort();
        AnchorSettings settings = new AnchorSettings(
                Optional.empty(), Optional.of(new AnchorSettings.Syslog("localhost", port, folder.resolve("ca.pem"))));
        TreeHead first = grown();
        anchors.publish(settings);
        SyslogServer server = new SyslogServer(folder, port);
        try {
            anchors.publish(settings);
            SyslogServer.within("the first head", () -> SyslogServer.received(folder)
                    .contains(first.toJson().toString()));
            assertThat(SyslogServer.received(folder)).contains("109 bascule.example bascule tree-head ");
        } finally {
            server.close();
        }
        TreeHead second = grown();
        anchors.publish(settings);
        server = new SyslogServer(folder, port);
        try {
            anchors.publish(settings);
            SyslogServer.within("the second head", () -> SyslogServer.received(folder)
                    .contains(second.toJson().toString()));
        } finally {
            server.close();
            anchors.close();
        }
    }

    @Test
    void serverWithAnotherNameOrFromAnotherAuthorityGetsNothing() throws Exception {
        SyslogServer.certificates(folder, "localhost");
        Path stranger = Files.createDirectory(folder.resolve("stranger"));
        SyslogServer.certificates(stranger, "localhost");
        int port = SyslogServer.freePort();
        SyslogServer server = new SyslogServer(folder, port);
        try {
            assertRefused(new AnchorSettings.Syslog("127.0.0.1", port, folder.resolve("ca.pem")));
            assertRefused(new AnchorSettings.Syslog("localhost", port, stranger.resolve("ca.pem")));
        } finally {
            server.close();
        }
        assertThat(SyslogServer.received(folder)).doesNotContain("secret");
    }

    private static void assertRefused(AnchorSettings.Syslog settings) {
        try (SyslogSender sender = new SyslogSender(settings, "me")) {
            sender.add(Instant.now(), "tree-head", "secret");
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(sender::send)
                    .withMessageContaining("TLS");
        }
    }

    @Test
    void serverThatStopsReadingHoldsUpNothingForLong() throws Exception {
        SyslogServer.certificates(folder, "localhost");
        try (ServerSocket server = SyslogServer.tls(folder)
                        .getServerSocketFactory()
                        .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
                SyslogSender sender = new SyslogSender(
                        new AnchorSettings.Syslog("localhost", server.getLocalPort(), folder.resolve("ca.pem")),
                        "me")) {
            CompletableFuture<Socket> silent = CompletableFuture.supplyAsync(() -> {
                try {
                    SSLSocket socket = (SSLSocket) server.accept();
                    socket.startHandshake();
                    return socket;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            for (int i = 0; i < 500; i++) {
                sender.add(Instant.now(), "tree-head", "x".repeat(100_000));
            }
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                try {
                    sender.send();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertThat(sent)
                    .failsWithin(SyslogSender.LONGEST_SEND.plusSeconds(20))
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(UncheckedIOException.class);
            silent.get().close();
        }
    }

    @Test
    void whatCannotBeSentWaitsInABoundedQueue() throws Exception {
        SyslogServer.certificates(folder, "localhost");
        try (SyslogSender sender = new SyslogSender(
                new AnchorSettings.Syslog("localhost", SyslogServer.freePort(), folder.resolve("ca.pem")), "a b\n")) {
            for (int i = 0; i < SyslogSender.QUEUE + 5; i++) {
                sender.add(Instant.now(), "tree-head", "line\nfeed " + i);
            }
            assertThat(sender.dropped()).isEqualTo(5);
            assertThatExceptionOfType(IOException.class).isThrownBy(sender::send);
        }
    }
}
