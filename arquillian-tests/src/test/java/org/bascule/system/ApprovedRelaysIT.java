package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The system's own relays with an operator's approval: what they forward stands in the connection log (REL-6), and the operator empties them under a running session (REL-4). */
@ExtendWith(RunningSystem.class)
class ApprovedRelaysIT {

    private static final String RELAYS = "/api/installation/relays";
    private static final List<String> OWN = List.of("relay-1", "relay-2");
    private static final int BYTES = 20 << 20;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** 3 s, and slack. */
    private static final Duration PAUSE = Duration.ofSeconds(5);
    /** Acknowledgements that were on their way when the session ended. */
    private static final long LAST = 1 << 16;

    private final TheSystem system = TheSystem.get();
    private final Api operator = system.api("automation");

    /** They have made themselves known when they started. */
    @BeforeEach
    void approve() {
        for (String id : OWN) {
            Eventually.within(
                    LIMIT, id + " is there", () -> !seen(id).getString("state").equals("configured"));
            Api.expect(
                    204,
                    operator.post(
                            RELAYS + "/" + id + "/approve", WalkThings.body("words", seen(id).getString("words"))));
        }
        Eventually.within(LIMIT, "both are used", () -> listed().containsAll(OWN));
    }

    /** As other tests find them: a relay hears that it is wanted again with its next heartbeat. */
    @AfterEach
    void forget() {
        OWN.forEach(id -> drain(id, false));
        Eventually.within(LIMIT, "both are used again", () -> listed().containsAll(OWN));
        for (String id : OWN) {
            Api.expect(204, operator.send("DELETE", RELAYS + "/" + id, HttpRequest.BodyPublishers.noBody()));
        }
    }

    private JsonObject seen(String id) {
        return operator.items(RELAYS).stream()
                .filter(relay -> relay.getString("id").equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** Those that new sessions may use. */
    private List<String> listed() {
        return operator.getJson("/api/relays").getJsonArray("relays").getValuesAs(JsonObject.class).stream()
                .map(relay -> relay.getString("id"))
                .toList();
    }

    private void drain(String id, boolean drain) {
        Api.expect(204, operator.put(RELAYS + "/" + id + "/drain", "{\"drain\":" + drain + "}"));
    }

    @Test
    void whatARelayForwardedStandsBesideWhatTheEndsSay() throws Exception {
        String sid;
        try (EchoedStream stream = new EchoedStream(system, BYTES)) {
            sid = begun(stream).sid();
            stream.sendUpTo(BYTES);
            ends(stream);
        }
        Eventually.within(LIMIT, "it has ended in the log", () -> !logged(sid).isNull("ended"));
        assertRelayed(sid, "relayedFromClient", "bytesIn");
        assertRelayed(sid, "relayedFromDevice", "bytesOut");
        JsonObject row = logged(sid);
        long millis = Duration.between(Instant.parse(row.getString("started")), Instant.parse(row.getString("ended")))
                .toMillis();
        // the ends meet after the session has begun, and the log hears of its end before the relay or after it
        assertThat(number(sid, "relayedMillis")).isBetween(1L, millis + 5_000);
    }

    /** Neither more nor less than both ends count, but for what is on its way at the end and what the transport adds. */
    private void assertRelayed(String sid, String relayed, String said) {
        long bytes = number(sid, said);
        assertThat(bytes).as(said).isGreaterThanOrEqualTo(BYTES);
        Eventually.within(LIMIT, "a relay has told all of " + relayed, () -> number(sid, relayed) >= bytes - LAST);
        System.out.printf("%s %d, %s %d%n", relayed, number(sid, relayed), said, bytes);
        assertThat(number(sid, relayed)).as(relayed).isLessThanOrEqualTo(bytes + bytes / 10);
    }

    private JsonObject logged(String sid) {
        return operator
                .items("/api/connections?limit=50&device=" + system.device().uid())
                .stream()
                .filter(row -> row.getString("sid").equals(sid))
                .findFirst()
                .orElseThrow();
    }

    /** 0 where there is none. */
    private long number(String sid, String name) {
        JsonObject row = logged(sid);
        return row.containsKey(name) && !row.isNull(name)
                ? row.getJsonNumber(name).longValue()
                : 0;
    }

    @Test
    void aSessionGoesOnElsewhereWhenItsRelayIsEmptiedAndComesBack() throws Exception {
        String sid;
        try (EchoedStream stream = new EchoedStream(system, 2L * BYTES)) {
            Carrier carrier = begun(stream);
            sid = carrier.sid();
            String first = carrier.relay();
            String other = OWN.get(0).equals(first) ? OWN.get(1) : OWN.get(0);

            movesOn(stream, carrier, first, other);
            assertThat(listed()).contains(other).doesNotContain(first);
            List<String> used = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                try (EchoedStream another = new EchoedStream(system, BYTES)) {
                    used.add(begun(another).relay());
                }
            }
            assertThat(used).as("relays of new sessions").containsOnly(other);

            drain(first, false);
            Eventually.within(LIMIT, first + " is taken back", () -> listed().contains(first));
            movesOn(stream, carrier, other, first);

            stream.sendUpTo(2L * BYTES);
            ends(stream);
        }
        Eventually.within(LIMIT, "the log names both relays", () -> relays(sid).containsAll(OWN));
    }

    private List<String> relays(String sid) {
        return logged(sid).getJsonArray("relays").getValuesAs(JsonString.class).stream()
                .map(JsonString::getString)
                .toList();
    }

    /** A relay is emptied while the stream runs. */
    private void movesOn(EchoedStream stream, Carrier carrier, String from, String to) throws Exception {
        drain(from, true);
        stream.trickleUntil(CompletableFuture.runAsync(
                () -> assertThat(carrier.awaitOtherThan(from, LIMIT)).isEqualTo(to)));
        Eventually.within(LIMIT, "all that was sent comes back", () -> stream.received() >= stream.allowed());
        Duration pause = stream.longestPause();
        System.out.printf("%s emptied by the operator; longest pause %d ms%n", from, pause.toMillis());
        assertThat(pause).isLessThan(PAUSE);
    }

    /** The session runs: something came back. */
    private Carrier begun(EchoedStream stream) {
        stream.sendUpTo(1 << 16);
        Eventually.within(LIMIT, "it runs", () -> stream.received() >= stream.allowed());
        var unused = stream.longestPause();
        return Carrier.ofNewest(system);
    }

    /** In order, every byte there once. */
    private static void ends(EchoedStream stream) throws Exception {
        assertThat(stream.exitCode(LIMIT)).as(stream.error()).isZero();
        assertThat(stream.received()).isEqualTo(stream.allowed());
        assertThat(stream.echoed()).isEqualTo(stream.sent());
    }
}
