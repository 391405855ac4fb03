package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.bascule.session.client.HandshakeExchange;
import org.bascule.session.client.SessionClient;
import org.bascule.session.network.Network;
import org.bascule.session.probe.Measurement;
import org.bascule.session.stream.Session;
import org.bascule.session.stream.SessionConfig;
import org.bascule.session.stream.SessionEnd;
import org.bascule.session.stream.SessionListener;
import org.bascule.session.trust.DeviceCheck;
import org.bascule.session.trust.MemoryTrustStore;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;
import org.bascule.wire.session.HandshakeAnswer;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.ReserveRelay;
import org.bascule.wire.session.ReserveRequest;
import org.bascule.wire.session.SessionOpened;
import org.bascule.wire.session.SessionRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** REL-1: of many relays at random distances from both ends, which the agent and the client measure, the access server chooses the one with the shortest way that has room. */
@ExtendWith(RunningSystem.class)
class LayoutIT {

    private static final int RELAYS = 12;
    private static final int LAYOUTS = 20;
    private static final int FAR_AWAY = 400;
    /** The agent measures within 20 s of a change, and for 5 s at most. */
    private static final Duration MEASURED = Duration.ofSeconds(45);

    /** How soon the access server uses what a relay said last. */
    private static final Duration KNOWN = Duration.ofSeconds(10);

    private static final List<String> OWN = List.of("relay-1-https", "relay-2-https");

    private final TheSystem system = TheSystem.get();
    private final Api api = system.api("engineer");

    /** What the server chose, at the moment in which it says so. */
    private static final class Chosen extends IOException {

        private static final long serialVersionUID = 1;

        private final transient HandshakeAnswer answer;

        Chosen(HandshakeAnswer answer) {
            super("that was all");
            this.answer = answer;
        }
    }

    @Test
    void shortestWayIsChosen() throws Exception {
        OWN.forEach(tap -> system.tap(tap).delay(FAR_AWAY));
        int right = 0;
        int all = 0;
        try {
            for (int round = 0; all < LAYOUTS; round++) {
                try (Layout layout = new Layout(
                        system, "far" + round, RELAYS, system.tap(OWN.get(0)).target(), new Random(4 + round))) {
                    Map<String, Long> client = measured(layout);
                    awaitMeasuredByTheDevice(layout);
                    // each relay that is drained or full leaves another layout
                    while (all < LAYOUTS && layout.ids().size() > 1 && remaining(all, round)) {
                        layout.beat();
                        HandshakeAnswer answer = chosen(client);
                        String id = answer.relay().id();
                        String best = layout.best();
                        System.out.printf(
                                "layout %d: %s of %d ms (%s), the best is %s of %d ms%n",
                                all, id, layout.way(id), answer.way(), best, layout.way(best));
                        assertThat(layout.way(id)).as("within 10 % of the best").isLessThanOrEqualTo((int)
                                (layout.way(best) * 1.1 + 1));
                        right += id.equals(best) ? 1 : 0;
                        all++;
                        if (all % 2 == 0) {
                            layout.drain(id);
                        } else {
                            layout.fill(id);
                            Eventually.within(
                                    KNOWN,
                                    id + " is full",
                                    () -> !chosen(client).relay().id().equals(id));
                        }
                    }
                }
            }
        } finally {
            OWN.forEach(tap -> system.tap(tap).delay(0));
        }
        assertThat(right).isGreaterThanOrEqualTo(LAYOUTS - 1);
    }

    /** Ten of each list; with two left the choice is none. */
    private static boolean remaining(int all, int round) {
        return all - round * (RELAYS - 2) < RELAYS - 2;
    }

    private Map<String, Long> measured(Layout layout) throws Exception {
        Network network = NativeSession.network(system.ca());
        String probe = api.getJson("/api/relays").getString("probe");
        Map<String, Long> rtts = new HashMap<>();
        Measurement.start(network, layout.toClient(), probe, Measurement.IN_HASTE)
                .done()
                .get(20, TimeUnit.SECONDS)
                .forEach((relay, millis) -> rtts.put(relay.id(), millis));
        assertThat(rtts.keySet()).containsExactlyInAnyOrderElementsOf(layout.ids());
        return rtts;
    }

    /** With the relay set for the device, the answer has the device's figure of that one. */
    private void awaitMeasuredByTheDevice(Layout layout) {
        long began = System.nanoTime();
        for (String id : layout.ids()) {
            layout.beat();
            fix(id);
            Eventually.within(
                    MEASURED.minusNanos(System.nanoTime() - began).plusSeconds(5),
                    "the device has measured " + id,
                    () -> chosen(Map.of(id, 1L)).way().device().isPresent());
        }
        fix(null);
    }

    private void fix(@Nullable String relay) {
        Api configuring = system.api("automation");
        String path = "/api/fixed-relays/" + system.device().uid();
        JsonObject present = configuring.getJson(path);
        var body = Json.createObjectBuilder();
        if (relay != null) {
            body.add("relay", relay);
        }
        Api.expect(
                200,
                configuring.put(path, body.build().toString(), "If-Match", "\"" + present.getString("etag") + "\""));
    }

    private HandshakeAnswer chosen(Map<String, Long> rtts) {
        SessionClient client = new SessionClient(
                system.url(),
                "the domain of the test",
                new DeviceCheck(new MemoryTrustStore(), InstantSource.system()),
                SessionClient.RelayConnector.over(NativeSession.network(system.ca())),
                SessionConfig.DEFAULT);
        try {
            SessionRequest asked =
                    client.request(system.device().uid(), Operations.of(Operations.EXEC), Optional.of("layout"));
            SessionOpened opened = SessionOpened.parse(
                    Api.expect(201, api.post("/api/sessions", asked.toJson())).body());
            client.open(asked, opened, new Asking(rtts), new SessionListener() {
                @Override
                public void ended(Session it, SessionEnd end) {
                    throw new AssertionError("it never began");
                }
            });
            throw new AssertionError("the exchange ends it");
        } catch (Chosen chosen) {
            return chosen.answer;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Hands over the figures, and ends the session as soon as the server has chosen. */
    private final class Asking implements HandshakeExchange {

        private final Map<String, Long> rtts;

        Asking(Map<String, Long> rtts) {
            this.rtts = rtts;
        }

        @Override
        public HandshakeAnswer send(SessionId sid, HandshakeRequest request) throws IOException {
            HandshakeRequest measured = new HandshakeRequest(request.m1(), request.relayKey(), rtts, request.log());
            HandshakeAnswer answer;
            try {
                answer = HandshakeAnswer.parse(
                        Api.expect(200, api.put("/api/sessions/" + sid.hex() + "/handshake", measured.toJson()))
                                .body());
            } catch (WireException e) {
                throw new IOException(e);
            }
            Api.expect(204, api.post("/api/sessions/" + sid.hex() + "/end", "{\"reason\":\"done\"}"));
            throw new Chosen(answer);
        }

        @Override
        public List<ReserveRelay> reserve(SessionId sid, ReserveRequest request) {
            throw new AssertionError("it never began");
        }
    }
}
