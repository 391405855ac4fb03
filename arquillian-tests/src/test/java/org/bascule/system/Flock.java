package org.bascule.system;

import jakarta.json.Json;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.bascule.agent.enrol.CertificateRequest;
import org.bascule.system.load.LoadSocket;
import org.bascule.system.load.PinnedTls;
import org.bascule.system.load.SelectorLoop;
import org.bascule.wire.B64;
import org.bascule.wire.Sha256;
import org.bascule.wire.WireException;
import org.bascule.wire.enrol.EnrolAnswer;
import org.bascule.wire.enrol.EnrolRequest;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.bascule.wire.trust.KeySet;

/**
 * Many agents in one process, for load: each is enrolled by the API, has its own key and certificate, and a control channel by TLS with the real handshake, proofs and heartbeats. What it
 * lacks is everything behind the channel; a session that is offered is refused. Each comes from an address of its own, as told by the proxy that the server trusts.
 *
 * <p>So that the generator is not what is measured, it spares what every agent would do on a machine of its own: the server's certificate is checked once and then its key compared
 * ({@link PinnedTls}), the server's key set is verified once and not by every agent, lists of relays are not verified, and two threads serve all ({@link SelectorLoop}). Nothing that the
 * server does is spared: TLS is never resumed, and the proofs of both sides are real.
 */
final class Flock implements AutoCloseable {

    private static final int ENROLLING = 8;
    private static final int LOOPS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TheSystem system;
    private final HttpClient client;
    private final List<SelectorLoop> loops = new ArrayList<>();
    private final PinnedTls tls;
    private final byte[] spki;
    private final InetSocketAddress server;
    private final String authority;
    private final Map<String, KeySet> keySets = new ConcurrentHashMap<>();
    private final List<FlockAgent> agents = new ArrayList<>();
    private final AtomicInteger online = new AtomicInteger();
    private final AtomicLong lastBack = new AtomicLong();
    /** How often what ended a connection, or an attempt at one. */
    private final Map<String, LongAdder> ends = new ConcurrentHashMap<>();

    Flock(TheSystem system) throws Exception {
        this.system = system;
        client = HttpClient.newBuilder()
                .sslContext(system.trustingTls())
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(PATIENCE)
                .build();
        HttpResponse<String> any = client.send(
                HttpRequest.newBuilder(URI.create(system.agentUrl() + "/api/installation"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        PublicKey key = any.sslSession().orElseThrow().getPeerCertificates()[0].getPublicKey();
        spki = Sha256.of(key.getEncoded());
        tls = new PinnedTls(key);
        URI url = URI.create(system.agentUrl());
        authority = url.getAuthority();
        server = new InetSocketAddress(url.getHost(), url.getPort());
        for (int i = 0; i < LOOPS; i++) {
            loops.add(new SelectorLoop("flock-" + i));
        }
    }

    /** Makes devices of the first domain. @return seconds */
    double enrol(int count) throws Exception {
        long began = System.nanoTime();
        String token = system.api("automation").enrolmentToken(count, 3_600);
        ExecutorService enrolling = Executors.newFixedThreadPool(ENROLLING);
        try {
            List<Future<FlockAgent>> made = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = agents.size() + i;
                made.add(enrolling.submit(() -> enrolled(number, token)));
            }
            for (Future<FlockAgent> one : made) {
                agents.add(one.get());
            }
        } finally {
            enrolling.shutdownNow();
        }
        return (System.nanoTime() - began) / 1e9;
    }

    private FlockAgent enrolled(int number, String token) throws Exception {
        DeviceIdentityKey key = DeviceIdentityKey.generate();
        EnrolRequest request = new EnrolRequest(token, CertificateRequest.of(key), "sheep-" + number, "Linux", "1");
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(URI.create(system.agentUrl() + "/api/enrol"))
                        .timeout(PATIENCE)
                        .header("Content-Type", "application/json")
                        .header("X-Forwarded-For", address(number))
                        .POST(HttpRequest.BodyPublishers.ofString(request.toJson()))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 201) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        return new FlockAgent(
                this,
                loops.get(number % LOOPS),
                new LoadSocket.Target(server, authority, "/agent/v1", address(number)),
                key,
                EnrolAnswer.parse(answer.body()));
    }

    private static String address(int number) {
        return "10.%d.%d.%d".formatted(200 + number / 62_500, number / 250 % 250, number % 250 + 1);
    }

    /** Connects all, with so many handshakes under way at most. */
    void connect(int atOnce) throws InterruptedException {
        Semaphore free = new Semaphore(atOnce);
        for (FlockAgent agent : agents) {
            free.acquire();
            agent.connect(free::release);
        }
    }

    /** Waits until all are online. @return seconds from a moment of {@link System#nanoTime} until the last one came */
    double awaitAll(long since, Duration patience) throws InterruptedException {
        while (online.get() < agents.size()) {
            loops.forEach(SelectorLoop::check);
            if (System.nanoTime() - since > patience.toNanos()) {
                throw new AssertionError(
                        online.get() + " of " + agents.size() + " are online; ended by now: " + takeEnds());
            }
            Thread.sleep(20);
        }
        return (lastBack.get() - since) / 1e9;
    }

    /** Waits until the application answers, not only its container. */
    void awaitServer(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (!serves()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("the server does not come back; ended by now: " + takeEnds());
            }
            Thread.sleep(200);
        }
    }

    private boolean serves() throws InterruptedException {
        try {
            return client.send(
                                    HttpRequest.newBuilder(URI.create(system.directUrl() + "/api/installation"))
                                            .timeout(Duration.ofSeconds(5))
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        }
    }

    int online() {
        return online.get();
    }

    List<FlockAgent> agents() {
        return agents;
    }

    /** How often what ended a connection, or an attempt at one, since the last call. */
    Map<String, Long> takeEnds() {
        Map<String, Long> taken = new TreeMap<>();
        for (String why : ends.keySet()) {
            LongAdder times = ends.remove(why);
            if (times != null) {
                taken.put(why, times.sum());
            }
        }
        return taken;
    }

    void came() {
        lastBack.set(System.nanoTime());
        online.incrementAndGet();
    }

    /** The channel of an agent that was online is over. */
    void went(String why) {
        online.decrementAndGet();
        count("online, " + why);
    }

    /** An attempt to come online is over. */
    void failed(String why) {
        count(why);
    }

    private void count(String why) {
        ends.computeIfAbsent(why, any -> new LongAdder()).increment();
    }

    PinnedTls tls() {
        return tls;
    }

    byte[] spki() {
        return spki.clone();
    }

    /** The key set that a text holds, verified when it is seen first. */
    KeySet keySet(String text, byte[] rootHash) throws WireException {
        KeySet known = keySets.get(text);
        if (known == null) {
            known = KeySet.verify(text, rootHash);
            keySets.put(text, known);
        }
        return known;
    }

    /** Offers a session to a device. @return ms from the request until the agent had the offer */
    double offer(Api api, FlockAgent agent, byte[] relayKey) throws InterruptedException, WireException {
        String body = Json.createObjectBuilder()
                .add("device", agent.uid())
                .add("operations", Json.createArrayBuilder().add("terminal"))
                .build()
                .toString();
        String sid = Api.json(Api.expect(201, api.post("/api/sessions", body))).getString("sid");
        String handshake = Json.createObjectBuilder()
                .add("m1", B64.encode(new byte[1_300]))
                .add("relayKey", B64.encode(relayKey))
                .add("rtts", Json.createObjectBuilder())
                .build()
                .toString();
        agent.expectOffer();
        long began = System.nanoTime();
        api.put("/api/sessions/" + sid + "/handshake", handshake);
        return (agent.offered(PATIENCE) - began) / 1e6;
    }

    @Override
    public void close() throws InterruptedException {
        for (SelectorLoop loop : loops) {
            loop.close();
        }
    }
}
