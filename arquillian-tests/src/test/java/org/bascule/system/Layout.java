package org.bascule.system;

import jakarta.json.Json;
import java.net.http.HttpRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.bascule.wire.B64;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RelayIdentityKey;
import org.bascule.wire.keys.RootPublicKey;
import org.bascule.wire.registry.RelayDescription;
import org.bascule.wire.registry.RelayHeartbeat;
import org.bascule.wire.registry.RelayLoad;
import org.bascule.wire.session.RelayAddress;
import org.bascule.wire.words.FingerprintWords;

/**
 * Relays that make themselves known and are approved, each with a way of its own length to the client and to the device: taps in front of one real relay, which answers the probes of all. No session can be relayed
 * by them, for the tokens name others.
 */
final class Layout implements AutoCloseable {

    private static final int NEAREST = 10;
    private static final int FARTHEST = 120;
    private static final int CAPACITY = 1_000;
    /** Seconds between two heartbeats. */
    private static final int EVERY = 10;

    /** One relay, with the round trips in ms from both ends. */
    private record Far(RelayIdentityKey key, String id, Tap toClient, Tap toDevice, int client, int device) {
        int way() {
            return client + device;
        }
    }

    private final TheSystem system;
    private final Api operator;
    private final byte[] rootHash;
    private final Map<String, Far> relays = new LinkedHashMap<>();
    private final List<String> drained = new ArrayList<>();
    private final List<String> full = new ArrayList<>();
    private final ScheduledExecutorService beating = Executors.newSingleThreadScheduledExecutor();
    private long number = System.currentTimeMillis();

    Layout(TheSystem system, String name, int count, int relayPort, Random random) throws WireException {
        this.system = system;
        this.operator = system.api("automation");
        Api anybody = new Api(system.url(), Optional.empty());
        rootHash = RootPublicKey.parse(
                        B64.decode(anybody.getJson("/api/installation").getString("root")))
                .hash();
        for (int i = 0; i < count; i++) {
            int client = distance(random);
            int device = distance(random);
            while (hasWayOf(client + device)) {
                device = distance(random);
            }
            Far relay = new Far(
                    RelayIdentityKey.generate(),
                    name + "-" + i,
                    Tap.plain(name + "-client-" + i, relayPort),
                    Tap.plain(name + "-device-" + i, relayPort),
                    client,
                    device);
            relay.toClient().delay(client / 2);
            relay.toDevice().delay(device / 2);
            relays.put(relay.id(), relay);
            beat(relay);
            Api.expect(
                    204,
                    operator.post(
                            "/api/installation/relays/" + relay.id() + "/approve",
                            WalkThings.body(
                                    "words",
                                    FingerprintWords.text(
                                            relay.key().publicKey().hash()))));
        }
        var unused = beating.scheduleWithFixedDelay(this::beatAgain, EVERY, EVERY, TimeUnit.SECONDS);
    }

    /** Of two that are equally long none is the best. */
    private boolean hasWayOf(int length) {
        return relays.values().stream().anyMatch(relay -> relay.way() == length);
    }

    /** Even, for half of it goes each way. */
    private static int distance(Random random) {
        return 2 * random.nextInt(NEAREST / 2, FARTHEST / 2 + 1);
    }

    private void beatAgain() {
        try {
            beat();
        } catch (AssertionError | RuntimeException e) {
            System.out.println("a heartbeat was not taken: " + e.getMessage());
        }
    }

    /** All say that they are there. */
    private synchronized void beat() {
        relays.values().forEach(this::beat);
    }

    private void beat(Far relay) {
        RelayHeartbeat heartbeat = new RelayHeartbeat(
                rootHash,
                Instant.now(),
                ++number,
                relay.key().publicKey(),
                new RelayDescription(relay.id(), relay.id(), "test", url(relay.toClient()), url(relay.toDevice()), "1"),
                new RelayLoad(CAPACITY, full.contains(relay.id()) ? CAPACITY : 0, 0, 0, false));
        Api anybody = new Api(system.url(), Optional.empty());
        Api.expect(
                200, anybody.post("/api/relays/heartbeat", WalkThings.body("heartbeat", heartbeat.sign(relay.key()))));
    }

    private static String url(Tap tap) {
        return "wss://localhost:" + tap.port() + "/relay";
    }

    /** As the client reaches them. */
    List<RelayAddress> toClient() {
        return relays.values().stream()
                .map(relay -> new RelayAddress(relay.id(), url(relay.toClient())))
                .toList();
    }

    List<String> ids() {
        return List.copyOf(relays.keySet());
    }

    /** Round trip from end to end through a relay, in ms. */
    int way(String id) {
        return Optional.ofNullable(relays.get(id))
                .orElseThrow(() -> new AssertionError(id + " is not of this layout"))
                .way();
    }

    /** The shortest of some that are neither drained nor full. */
    String best(List<String> of) {
        return relays.values().stream()
                .filter(relay -> of.contains(relay.id()))
                .filter(relay -> !drained.contains(relay.id()) && !full.contains(relay.id()))
                .min(Comparator.comparingInt(Far::way))
                .orElseThrow()
                .id();
    }

    void drain(String id) {
        Api.expect(
                204,
                operator.put(
                        "/api/installation/relays/" + id + "/drain",
                        Json.createObjectBuilder().add("drain", true).build().toString()));
        drained.add(id);
    }

    /** From now on it says that it has all the sessions that it takes. */
    synchronized void fill(String id) {
        full.add(id);
        beat();
    }

    @Override
    public void close() {
        beating.shutdown();
        try {
            if (!beating.awaitTermination(1, TimeUnit.MINUTES)) {
                throw new AssertionError("a heartbeat takes a minute");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        for (Far relay : relays.values()) {
            Api.expect(
                    204,
                    operator.send(
                            "DELETE", "/api/installation/relays/" + relay.id(), HttpRequest.BodyPublishers.noBody()));
            relay.toClient().close();
            relay.toDevice().close();
        }
    }
}
