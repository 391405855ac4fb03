package org.bascule.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.Main;
import org.bascule.agent.TestInstallation;
import org.bascule.agent.channel.TestServer;
import org.bascule.agent.local.LocalCommands;
import org.bascule.agent.local.LocalSocket;
import org.bascule.agent.ping.PingCommands;
import org.bascule.agent.ping.ServerPing;
import org.bascule.agent.state.AgentStatus;
import org.bascule.agent.state.DeviceState;
import org.bascule.agent.state.Registration;
import org.bascule.agent.tls.ServerTrust;
import org.bascule.session.network.Network;
import org.bascule.session.network.Proxies;
import org.bascule.wire.StrictJson;
import org.bascule.wire.registry.RelayList;
import org.bascule.wire.session.RelayAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Against a server with TLS; nothing listens where the relays of these tests are. */
@Timeout(60)
class PingCommandTest {

    private static final int NOBODY = 9;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private HttpsServer server;
    private DeviceState state;
    private int status = 200;

    @BeforeEach
    void enrol(@TempDir Path temporary) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair key = generator.generateKeyPair();
        X509Certificate certificate = TestServer.selfSigned("localhost", key);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(TestServer.context(key, certificate)));
        server.createContext("/api/installation", exchange -> {
            exchange.sendResponseHeaders(status, 2);
            exchange.getResponseBody().write("{}".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        server.start();
        state = new TestInstallation().enrolled(temporary.resolve("s")).state();
        Registration known = state.registration();
        state.save(new Registration(
                List.of(url()),
                known.uid(),
                known.name(),
                known.domain(),
                known.domainName(),
                known.issuer(),
                known.chain(),
                known.rootHash()));
        state.savePrivateCa(("-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
                        + "\n-----END CERTIFICATE-----\n")
                .getBytes(StandardCharsets.US_ASCII));
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
        timer.shutdownNow();
    }

    private String url() {
        return "https://localhost:" + server.getAddress().getPort();
    }

    private int ping(String... options) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        String[] all = new String[options.length + 3];
        System.arraycopy(new String[] {"ping", "--dir", state.folder().path().toString()}, 0, all, 0, 3);
        System.arraycopy(options, 0, all, 3, options.length);
        return line.execute(all);
    }

    /** What the running agent is for the command. */
    private LocalSocket running(Optional<CompletableFuture<Duration>> channel, RelayList.Entry... relays)
            throws Exception {
        new AgentStatus(
                        1,
                        channel.isPresent() ? AgentStatus.ONLINE : AgentStatus.CONNECTING,
                        Instant.now(),
                        "no\u001b way")
                .save(state.folder());
        ServerTrust trust = ServerTrust.of(state.privateCa());
        Network network = trust.network(Proxies.none());
        Optional<RelayList> list = relays.length == 0
                ? Optional.empty()
                : Optional.of(
                        new RelayList(1, Instant.now(), Instant.now().plusSeconds(60), List.of(relays), "a token"));
        LocalCommands commands = new LocalCommands();
        new PingCommands(
                        List.of(url()),
                        new ServerPing(network, Proxies.none()),
                        () -> channel,
                        new PingCommands.Relays(network, Proxies.none(), () -> list),
                        threads)
                .addTo(commands);
        return LocalSocket.open(state.folder(), commands, threads, timer);
    }

    @Test
    void withoutAnAgentTheServerIsAskedAlone() {
        assertThat(ping()).as(err.toString()).isEqualTo(ExitCode.NOT_RUNNING);
        assertThat(out.toString())
                .contains("Control channel: stopped")
                .containsPattern("Access server: +" + url() + ": \\d+ ms\n")
                .contains("there is none");
    }

    @Test
    void whyAServerIsNotReachedIsSaid() {
        status = 503;
        assertThat(ping()).isEqualTo(ExitCode.SERVER);
        assertThat(out.toString()).contains(url() + ": cannot be reached: it answered with 503");
        server.stop(0);
        assertThat(ping()).isEqualTo(ExitCode.SERVER);
        assertThat(out.toString()).contains("nothing answers there");
    }

    @Test
    void theRunningAgentMeasuresTheChannelToo() throws Exception {
        // what is slow the first time is no matter of the way
        ping();
        out.getBuffer().setLength(0);
        try (LocalSocket socket = running(Optional.of(CompletableFuture.completedFuture(Duration.ofMillis(5))))) {
            assertThat(ping()).as(out.toString() + err).isZero();
            assertThat(out.toString()).contains("Control channel: stands, 5 ms").doesNotContain("there is none");
            out.getBuffer().setLength(0);
            assertThat(ping("--json")).isZero();
            StrictJson json = StrictJson.parse(out.toString().strip(), 10_000);
            assertThat(json.string("state", 20)).isEqualTo("online");
            assertThat(json.number("channelMs", 5, 5)).isEqualTo(5);
            assertThat(json.children("servers", 1).get(0).number("roundTripMs", 1, 60_000))
                    .isPositive();
        }
    }

    @Test
    void aRelayThatDoesNotAnswerAndAChannelThatDoesNotStandAreNamed() throws Exception {
        // the machine's first TLS takes longer than a server of a local command may
        ping();
        out.getBuffer().setLength(0);
        RelayAddress silent = new RelayAddress("far", "wss://localhost:" + NOBODY + "/relay");
        try (LocalSocket socket = running(Optional.empty(), new RelayList.Entry(silent, ""))) {
            assertThat(ping()).isEqualTo(ExitCode.FAILED);
            assertThat(out.toString())
                    .contains("Control channel: connecting (no? way)")
                    .contains("far wss://localhost:" + NOBODY + "/relay: does not answer");
        }
    }

    /** Nobody waits for longer than a local command may take. */
    @Test
    void aServerThatIsSilentEndsNoAnswer() throws Exception {
        server.removeContext("/api/installation");
        CountDownLatch over = new CountDownLatch(1);
        server.createContext("/api/installation", exchange -> {
            try {
                over.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        });
        try (LocalSocket socket = running(Optional.of(new CompletableFuture<>()))) {
            assertThat(ping()).isEqualTo(ExitCode.SERVER);
            assertThat(out.toString())
                    .contains("Control channel: stands, but did not answer in time")
                    .contains("it did not answer in time");
        } finally {
            over.countDown();
        }
    }
}
