package org.bascule.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RelayIdentityPublicKey;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.registry.RelayHeartbeat;
import org.bascule.wire.registry.RelayTraffic;
import org.bascule.wire.words.FingerprintWords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The WAR alone on Payara Micro makes itself known, is emptied, is taken back, tells what it has forwarded, and says when it is being stopped. */
class RegistrationIT {

    private static final long WITHIN_SECONDS = 40;

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(String what, Condition condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WITHIN_SECONDS);
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static RelayHeartbeat last(TestRelay relay) throws WireException {
        List<String> bodies = relay.access.heartbeats();
        String signed =
                StrictJson.parse(bodies.get(bodies.size() - 1), 8_192).string("heartbeat", RelayHeartbeat.MAX_LENGTH);
        return RelayHeartbeat.verify(signed, relay.installation.root.publicKey().hash(), Instant.now());
    }

    /** The pairs of the reports that were taken so far. */
    private static List<RelayTraffic.Pair> told(TestRelay relay, RelayIdentityPublicKey key) throws WireException {
        List<RelayTraffic.Pair> pairs = new ArrayList<>();
        for (String body : relay.access.traffic()) {
            String signed =
                    StrictJson.parse(body, 2 * RelayTraffic.MAX_LENGTH).string("traffic", RelayTraffic.MAX_LENGTH);
            assertThat(RelayTraffic.relay(signed)).isEqualTo(TestRelay.ID);
            pairs.addAll(RelayTraffic.verify(
                            signed, key, relay.installation.root.publicKey().hash(), Instant.now())
                    .pairs());
        }
        return pairs;
    }

    @Test
    void fromTheFirstHeartbeatToTheLast(@TempDir Path folder) throws Exception {
        Path key = folder.resolve("relay-key.pem");
        TestRelay relay = new TestRelay(
                folder,
                "256m",
                Map.of(
                        RelaySettings.KEY_FILE,
                        key.toString(),
                        RelaySettings.PUBLIC_URL,
                        "wss://relay.example/relay",
                        RelaySettings.NAME,
                        "Relay one",
                        RelaySettings.MAX_PAIRS,
                        "7"));
        try (relay) {
            relay.open();
            await("a heartbeat", () -> !relay.access.heartbeats().isEmpty());
            RelayHeartbeat first = last(relay);
            assertThat(first.relay().id()).isEqualTo(TestRelay.ID);
            assertThat(first.relay().name()).isEqualTo("Relay one");
            assertThat(first.relay().nativeUrl()).isEqualTo("wss://relay.example/relay");
            assertThat(first.relay().version()).as("that of the build").isNotEmpty();
            assertThat(first.load().capacity()).isEqualTo(7);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                    .isEqualTo("rw-------");
            String words = FingerprintWords.text(first.key().hash());
            await("the words in the log", () -> relay.micro.log().contains(words));

            SessionId sid = SessionId.random();
            TestRelay.Ends ends = relay.pair(sid, RelayProofKey.generate());
            ends.client().send(new byte[1_000]);
            ends.device().next();
            ends.device().send(new byte[30]);
            ends.client().next();
            relay.access.takeTraffic(false);
            relay.access.answer("{\"state\":\"approved\",\"drain\":true}");
            assertThat(ends.client().closeCode()).as("present").isEqualTo(4004);
            assertThat(ends.device().closeCode()).isEqualTo(4004);
            assertThat(new RelayClient(relay.url(), SessionId.random()).closeCode())
                    .as("new")
                    .isEqualTo(4004);
            await("it says so", () -> last(relay).load().draining());
            await("it tells what it has forwarded", () -> relay.access.refusedTraffic() > 0);
            relay.access.takeTraffic(true);
            await("and again until that is taken", () -> !relay.access.traffic().isEmpty());
            assertThat(told(relay, first.key())).singleElement().satisfies(pair -> {
                assertThat(pair.sid()).isEqualTo(sid);
                assertThat(pair.fromClient()).isEqualTo(1_000);
                assertThat(pair.fromDevice()).isEqualTo(30);
                assertThat(pair.millis()).isPositive();
            });
            assertThat(last(relay).number()).isGreaterThan(first.number());

            relay.access.answer("{\"state\":\"approved\",\"drain\":false}");
            await("it takes connections again", () -> relay.micro.readiness().statusCode() == 200);
            SessionId second = SessionId.random();
            TestRelay.Ends later = relay.pair(second, RelayProofKey.generate());
            later.device().send(new byte[500]);
            later.client().next();
            await(
                    "it says that, too",
                    () -> !last(relay).load().draining() && last(relay).load().sessions() == 1);

            assertThat(told(relay, first.key())).as("once is enough").hasSize(1);

            relay.micro.terminate();
            await("the last heartbeat", () -> last(relay).load().draining());
            await("the last report", () -> relay.access.traffic().size() == 2);
            assertThat(told(relay, first.key()).get(1)).satisfies(pair -> {
                assertThat(pair.sid()).isEqualTo(second);
                assertThat(pair.fromClient()).isZero();
                assertThat(pair.fromDevice()).isEqualTo(500);
            });
        }
    }
}
