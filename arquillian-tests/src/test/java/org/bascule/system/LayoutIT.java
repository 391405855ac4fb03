package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** REL-1: of many relays at random distances from both ends, which the agent and the client measure, the access server chooses the one with the shortest way that has room. */
@ExtendWith(RunningSystem.class)
class LayoutIT {

    private static final int RELAYS = 6;
    private static final int LAYOUTS = 20;
    /** Layouts that are there at once: a list has 64 relays, and an agent takes 30 s to measure them. */
    private static final int AT_ONCE = 5;

    private static final int FAR_AWAY = 400;
    /** The agent measures within 20 s of a change, and for 30 s at most; it may be at it already. */
    private static final Duration MEASURED = Duration.ofSeconds(90);

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

    /** Each layout is another six relays. Many are there at once, since the agent waits for up to 20 s until it measures new ones; the client knows the way to the six of its layout alone. */
    @Test
    void shortestWayIsChosen() throws Exception {
        OWN.forEach(tap -> system.tap(tap).delay(FAR_AWAY));
        int right = 0;
        try {
            for (int round = 0; round < LAYOUTS / AT_ONCE; round++) {
                try (Layout all = new Layout(
                        system,
                        "far" + round,
                        AT_ONCE * RELAYS,
                        system.tap(OWN.get(0)).target(),
                        new Random(4 + round))) {
                    Map<String, Long> client = measured(all);
                    awaitMeasuredByTheDevice(all);
                    for (int i = 0; i < AT_ONCE; i++) {
                        List<String> layout = all.ids().subList(i * RELAYS, (i + 1) * RELAYS);
                        String what = "layout " + (round * AT_ONCE + i);
                        right += bestIsChosen(what, all, layout, client) ? 1 : 0;
                    }
                    leavesWhatTakesNoMore(all, client);
                }
            }
        } finally {
            OWN.forEach(tap -> system.tap(tap).delay(0));
        }
        assertThat(right).isGreaterThanOrEqualTo(LAYOUTS - 1);
    }

    private boolean bestIsChosen(String what, Layout all, List<String> layout, Map<String, Long> client) {
        HandshakeAnswer answer = chosen(of(layout, client));
        String id = answer.relay().id();
        String best = all.best(layout);
        System.out.printf(
                "%s: %s of %d ms (%s), the best is %s of %d ms%n",
                what, id, all.way(id), answer.way(), best, all.way(best));
        assertThat(all.way(id)).as("within 10 % of the best").isLessThanOrEqualTo((int) (all.way(best) * 1.1 + 1));
        return id.equals(best);
    }

    /** One that is full, and then one that an operator empties: the next best follows. */
    private void leavesWhatTakesNoMore(Layout all, Map<String, Long> client) {
        List<String> layout = all.ids().subList(0, RELAYS);
        String full = all.best(layout);
        all.fill(full);
        String drained = all.best(layout);
        all.drain(drained);
        Eventually.within(KNOWN, full + " and " + drained + " are left", () -> !List.of(full, drained)
                .contains(chosen(of(layout, client)).relay().id()));
        bestIsChosen("without two of them", all, layout, client);
    }

    private static Map<String, Long> of(List<String> layout, Map<String, Long> client) {
        Map<String, Long> known = new HashMap<>(client);
        known.keySet().retainAll(layout);
        return known;
    }

    private Map<String, Long> measured(Layout layout) throws Exception {
        Network network = NativeSession.network(system.ca());
        String probe = api.getJson("/api/relays").getString("probe");
        Map<String, Long> rtts = new HashMap<>();
        Measurement.start(network, layout.toClient(), probe, Measurement.WITHOUT_HASTE)
                .done()
                .get(60, TimeUnit.SECONDS)
                .forEach((relay, millis) -> rtts.put(relay.id(), millis));
        assertThat(rtts.keySet()).containsExactlyInAnyOrderElementsOf(layout.ids());
        return rtts;
    }

    /** Those that the client is next to are in the reserve, with the device's figure. */
    private void awaitMeasuredByTheDevice(Layout layout) {
        List<String> ids = layout.ids();
        for (int i = 0; i < ids.size(); i += ReserveRelay.MAX) {
            List<String> some = ids.subList(i, Math.min(i + ReserveRelay.MAX, ids.size()));
            Map<String, Long> near = some.stream().collect(Collectors.toMap(id -> id, id -> 0L));
            Eventually.within(MEASURED, "the device has measured " + some, () -> chosen(near).reserve().stream()
                    .filter(one -> one.way().device().isPresent())
                    .map(one -> one.relay().id())
                    .collect(Collectors.toSet())
                    .containsAll(some));
        }
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
