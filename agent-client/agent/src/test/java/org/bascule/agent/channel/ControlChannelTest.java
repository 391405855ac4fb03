package org.bascule.agent.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.TestInstallation;
import org.bascule.agent.channel.ChannelException.Reason;
import org.bascule.agent.endorse.StaticKeys;
import org.bascule.agent.identity.DeviceIdentity;
import org.bascule.agent.state.Registration;
import org.bascule.agent.state.StateException;
import org.bascule.agent.tls.ServerTrust;
import org.bascule.session.network.Proxies;
import org.bascule.wire.Sha256;
import org.bascule.wire.control.ChannelMessage;
import org.bascule.wire.control.ControlMessage;
import org.bascule.wire.control.ControlTranscript;
import org.bascule.wire.control.ReportMessage;
import org.bascule.wire.control.SessionMessage;
import org.bascule.wire.enrol.HardwareId;
import org.bascule.wire.registry.RelayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The channel over a real socket with real TLS. */
class ControlChannelTest {

    private static final byte[] NONCE = Sha256.of("server nonce");
    private static final long SEED = 20260301;

    private final TestInstallation installation = new TestInstallation();
    private final TestServer server;
    private final TestInstallation.Enrolled device;
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
    private final ControlChannel channel;

    ControlChannelTest(@TempDir Path folder) throws Exception {
        server = new TestServer("localhost");
        device = installation.enrolled(folder);
        channel = channel(ServerTrust.of(Optional.of(server.pem())));
    }

    private ControlChannel channel(ServerTrust trust) throws StateException {
        Registration old = device.registration();
        Registration registration = new Registration(
                List.of(server.url()),
                old.uid(),
                old.name(),
                old.domain(),
                old.domainName(),
                old.issuer(),
                old.chain(),
                old.rootHash());
        ChannelClock clock = new ChannelClock(Clock.systemUTC(), System::nanoTime);
        DeviceIdentity identity = device.own(clock);
        return new ControlChannel(
                new ChannelProtocol.Self(registration, identity, HardwareId.NONE, "1.0", "Linux", () -> 0),
                device.keySets(),
                new StaticKeys(device.state(), registration, identity, clock),
                clock,
                trust.network(Proxies.none()),
                new Random(SEED),
                new Recording());
    }

    @AfterEach
    void close() throws Exception {
        channel.stop();
        server.close();
        executor.shutdownNow();
    }

    private final class Recording implements ChannelListener {
        @Override
        public void ready(ChannelMessage.Welcome welcome, Instant channelStart) {
            heard.add("ready");
        }

        @Override
        public void offered(SessionMessage.SessionOffer offer) {
            heard.add(offer);
        }

        @Override
        public void relayed(SessionMessage.SessionRelay relay) {
            heard.add(relay);
        }

        @Override
        public void updated(SessionMessage.SessionUpdate update) {
            heard.add(update);
        }

        @Override
        public void ended(SessionMessage.SessionEnd end) {
            heard.add(end);
        }

        @Override
        public void reserved(SessionMessage.SessionReserve reserve) {
            heard.add(reserve);
        }

        @Override
        public void transportLost(SessionMessage.SessionLost lost) {
            heard.add(lost);
        }

        @Override
        public void listed(RelayList relays) {
            heard.add(relays);
        }

        @Override
        public void acknowledged(ReportMessage.EventsAck ack) {
            heard.add(ack);
        }

        @Override
        public void assisted(ReportMessage.AssistState state) {
            heard.add(state);
        }

        @Override
        public void refused(ChannelException why) {
            heard.add("refused " + why.code());
        }

        @Override
        public void lost(ChannelException why) {
            heard.add(why.reason());
        }
    }

    private void start() {
        executor.execute(() -> {
            try {
                channel.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private Object next() throws Exception {
        return Objects.requireNonNull(heard.poll(20, TimeUnit.SECONDS), "nothing was heard");
    }

    private ControlMessage message(TestServer.Connection connection) throws Exception {
        String text = Objects.requireNonNull(connection.receive(), "the connection ended");
        return ControlMessage.parse(text).orElseThrow();
    }

    /** Plays the access server until the device is online. */
    private TestServer.Connection online() throws Exception {
        TestServer.Connection connection = server.accepted();
        connection.send(new ChannelMessage.Hello(NONCE).toJson());
        ChannelMessage.Auth auth = (ChannelMessage.Auth) message(connection);
        assertThat(auth.spki()).isEqualTo(server.spkiHash());
        assertThat(auth.server()).isEqualTo(URI.create(server.url()).getAuthority());
        ControlTranscript transcript =
                new ControlTranscript(NONCE, auth.nonce(), auth.server(), auth.uid(), auth.spki());
        device.identity().publicKey().verify(transcript.forAgent(), auth.signature());
        connection.send(new ChannelMessage.Welcome(
                        installation.controlKey.publicKey().kid(),
                        installation.controlKey.sign(transcript.forServer(TestInstallation.NOW)),
                        TestInstallation.NOW,
                        10,
                        installation.keySet(1),
                        "",
                        "press 7")
                .toJson());
        assertThat(message(connection)).isInstanceOf(ChannelMessage.Ready.class);
        assertThat(next()).isEqualTo("ready");
        return connection;
    }

    @Test
    void agentProvesWhatItSawInTlsAndComesOnline() throws Exception {
        start();
        TestServer.Connection connection = online();
        assertThat(connection.requestLine()).isEqualTo("GET /agent/v1 HTTP/1.1");
        assertThat(connection.userAgent()).matches("bascule-agent/\\S+ \\(.+\\)");
        connection.send(new ChannelMessage.Probe("p").toJson());
        assertThat(message(connection)).isEqualTo(new ChannelMessage.ProbeReply("p"));
        assertThat(channel.send(new ChannelMessage.ProbeReply("q"))).isTrue();
        assertThat(message(connection)).isEqualTo(new ChannelMessage.ProbeReply("q"));
    }

    @Test
    void lostConnectionIsMadeAnew() throws Exception {
        start();
        online().close();
        assertThat(next()).isEqualTo(Reason.UNREACHABLE);
        online();
    }

    @Test
    void nothingIsSentWhileTheChannelIsDown() throws Exception {
        assertThat(channel.send(new ChannelMessage.ProbeReply("q"))).isFalse();
    }

    @Test
    void binaryAndOversizedMessagesEndTheConnection() throws Exception {
        start();
        online().frame(2, new byte[] {1});
        assertThat(next()).isEqualTo(Reason.PROTOCOL);
        online().send("{\"type\":\"x\",\"x\":\"" + "x".repeat(65_536) + "\"}");
        assertThat(next()).isEqualTo(Reason.PROTOCOL);
        online();
    }

    @Test
    void stopSaysGoodBye() throws Exception {
        start();
        TestServer.Connection connection = online();
        channel.stop();
        assertThat(connection.receive()).isNull();
    }

    @Test
    void serverOfAnotherAuthorityIsNotTrusted() throws Exception {
        ServerTrust platform = ServerTrust.of(Optional.empty());
        assertThatThrownBy(() -> ChannelSocket.connect(URI.create(server.url()), platform.network(Proxies.none())))
                .isInstanceOf(ChannelException.class)
                .hasMessageContaining("its TLS certificate is not accepted");
        assertThat(server.isEmpty()).isTrue();
    }

    @Test
    void certificateOfAnotherHostIsNotTrusted() throws Exception {
        try (TestServer other = new TestServer("other.example")) {
            ServerTrust trust = ServerTrust.of(Optional.of(other.pem()));
            assertThatThrownBy(() -> ChannelSocket.connect(URI.create(other.url()), trust.network(Proxies.none())))
                    .isInstanceOf(ChannelException.class);
            assertThat(other.isEmpty()).isTrue();
        }
    }
}
