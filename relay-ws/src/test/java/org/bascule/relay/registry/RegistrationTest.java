package org.bascule.relay.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bascule.relay.admission.AccessServer;
import org.bascule.relay.admission.InstallationKeys;
import org.bascule.relay.admission.KeySetFile;
import org.bascule.relay.admission.TokenGate;
import org.bascule.relay.pairing.Budget;
import org.bascule.relay.pairing.Lobby;
import org.bascule.relay.pairing.LobbyLimits;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RelayIdentityKey;
import org.bascule.wire.registry.RelayDescription;
import org.bascule.wire.registry.RelayHeartbeat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a server on loopback, over the transport that a relay uses. */
class RegistrationTest {

    private static final byte[] ROOT = new byte[32];

    private final RelayIdentityKey key = RelayIdentityKey.generate();
    private final RelayDescription relay = new RelayDescription(
            "relay-1", "Relay 1", "eu", "wss://relay.example/relay", "wss://relay.example/relay", "1");
    private final List<RelayHeartbeat> heard = new ArrayList<>();
    private Instant now = Instant.now();
    private int status = 200;
    private String answer = "{\"state\":\"pending\",\"drain\":false}";
    private HttpServer server;
    private Lobby lobby;
    private Registration registration;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/bascule/api/relays/heartbeat", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            try {
                heard.add(RelayHeartbeat.verify(
                        StrictJson.parse(body, 8_192).string("heartbeat", RelayHeartbeat.MAX_LENGTH), ROOT, now));
            } catch (WireException e) {
                throw new IOException(e);
            }
            byte[] text = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, text.length);
            exchange.getResponseBody().write(text);
            exchange.close();
        });
        server.start();
        AccessServer access = new AccessServer(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/bascule"), Optional.empty());
        InstallationKeys keys =
                new InstallationKeys(ROOT, access, new KeySetFile(Optional.empty()), Runnable::run, () -> now);
        lobby = new Lobby(
                LobbyLimits.DEFAULT,
                new TokenGate(relay.id(), keys, () -> now),
                new Budget(1 << 20),
                () -> now.toEpochMilli() * 1_000_000,
                (task, wait) -> {});
        registration = new Registration(key, relay, ROOT, lobby, access, () -> now);
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            now = now.plusSeconds(1);
            registration.tick();
        }
    }

    @Test
    void tellsEveryTenSecondsWithRisingNumbers() {
        pass(31);
        assertThat(heard).hasSize(4);
        assertThat(heard).extracting(RelayHeartbeat::number).isSorted().doesNotHaveDuplicates();
        RelayHeartbeat first = heard.get(0);
        assertThat(first.relay()).isEqualTo(relay);
        assertThat(first.key()).isEqualTo(key.publicKey());
        assertThat(first.load().capacity()).isEqualTo(LobbyLimits.DEFAULT.maxMeetings());
        assertThat(first.load().processor()).isBetween(0, 100);
        assertThat(first.load().draining()).isFalse();
    }

    @Test
    void operatorEmptiesItAndTakesItBack() {
        answer = "{\"state\":\"approved\",\"drain\":true}";
        pass(1);
        assertThat(lobby.isDraining()).isTrue();
        pass(1);
        assertThat(heard).as("told at once").hasSize(2);
        assertThat(heard.get(1).load().draining()).isTrue();
        answer = "{\"state\":\"approved\",\"drain\":false}";
        pass(10);
        assertThat(lobby.isDraining()).isFalse();
    }

    @Test
    void operatorCannotTakeBackWhatIsBeingStopped() {
        answer = "{\"state\":\"approved\",\"drain\":true}";
        pass(1);
        registration.stop();
        lobby.drain();
        answer = "{\"state\":\"approved\",\"drain\":false}";
        registration.beat();
        assertThat(heard).hasSize(2);
        assertThat(lobby.isDraining()).isTrue();
    }

    @Test
    void goesOnAfterFailuresAndKeepsTheOperatorsWord() {
        answer = "{\"state\":\"approved\",\"drain\":true}";
        pass(1);
        status = 503;
        answer = "{\"detail\":\"later\"}";
        pass(20);
        assertThat(lobby.isDraining()).isTrue();
        status = 200;
        answer = "not json";
        pass(10);
        assertThat(lobby.isDraining()).isTrue();
        answer = "{\"state\":\"approved\",\"drain\":false}";
        pass(10);
        assertThat(lobby.isDraining()).isFalse();
    }
}
