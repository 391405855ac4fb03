package org.bascule.system;

import jakarta.json.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.bascule.agent.enrol.CertificateRequest;
import org.bascule.wire.B64;
import org.bascule.wire.Sha256;
import org.bascule.wire.WireException;
import org.bascule.wire.enrol.EnrolAnswer;
import org.bascule.wire.enrol.EnrolRequest;
import org.bascule.wire.keys.DeviceIdentityKey;

/**
 * Many agents in one process, for load: each is enrolled by the API, has its own key and certificate, and a control channel by TLS with the real handshake and heartbeats. What it lacks is
 * everything behind the channel; a session that is offered is refused. Each comes from an address of its own, as told by the proxy that the server trusts.
 */
final class Flock implements AutoCloseable {

    private static final int ENROLLING = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TheSystem system;
    private final List<HttpClient> clients = new ArrayList<>();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    private final ExecutorService workers = Executors.newFixedThreadPool(2);
    private final byte[] spki;
    private final List<FlockAgent> agents = new ArrayList<>();
    private final Map<String, FlockAgent> byUid = new HashMap<>();
    private final AtomicInteger online = new AtomicInteger();
    private final AtomicLong lastBack = new AtomicLong();

    Flock(TheSystem system) throws Exception {
        this.system = system;
        for (int i = 0; i < 4; i++) {
            clients.add(HttpClient.newBuilder()
                    .sslContext(system.trustingTls())
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(PATIENCE)
                    .executor(workers)
                    .build());
        }
        HttpResponse<String> any = clients.get(0)
                .send(
                        HttpRequest.newBuilder(URI.create(system.agentUrl() + "/api/installation"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        spki = Sha256.of(any.sslSession()
                .orElseThrow()
                .getPeerCertificates()[0]
                .getPublicKey()
                .getEncoded());
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
                FlockAgent agent = one.get();
                agents.add(agent);
                byUid.put(agent.uid(), agent);
            }
        } finally {
            enrolling.shutdownNow();
        }
        return (System.nanoTime() - began) / 1e9;
    }

    private FlockAgent enrolled(int number, String token) throws Exception {
        DeviceIdentityKey key = DeviceIdentityKey.generate();
        EnrolRequest request = new EnrolRequest(token, CertificateRequest.of(key), "sheep-" + number, "Linux", "1");
        HttpResponse<String> answer = clients.get(number % clients.size())
                .send(
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
        return new FlockAgent(this, number, key, EnrolAnswer.parse(answer.body()));
    }

    static String address(int number) {
        return "10.%d.%d.%d".formatted(200 + number / 62_500, number / 250 % 250, number % 250 + 1);
    }

    /** Connects those who are not online, not more than so many a second. */
    void connect(int perSecond) throws InterruptedException {
        long interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
        long next = System.nanoTime();
        for (FlockAgent agent : agents) {
            while (System.nanoTime() < next) {
                TimeUnit.NANOSECONDS.sleep(Math.max(1, next - System.nanoTime()));
            }
            next += interval;
            agent.connect();
        }
    }

    /** Waits until all are online. @return seconds from a moment of {@link System#nanoTime} until the last one came */
    double awaitAll(long since, Duration patience) throws InterruptedException {
        while (online.get() < agents.size()) {
            if (System.nanoTime() - since > patience.toNanos()) {
                throw new AssertionError(online.get() + " of " + agents.size() + " are online");
            }
            Thread.sleep(20);
        }
        return (lastBack.get() - since) / 1e9;
    }

    int online() {
        return online.get();
    }

    List<FlockAgent> agents() {
        return agents;
    }

    void came() {
        lastBack.set(System.nanoTime());
        online.incrementAndGet();
    }

    void went() {
        online.decrementAndGet();
    }

    HttpClient client(int number) {
        return clients.get(number % clients.size());
    }

    ScheduledExecutorService timer() {
        return timer;
    }

    byte[] spki() {
        return spki.clone();
    }

    String agentUrl() {
        return system.agentUrl();
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
    public void close() {
        agents.forEach(FlockAgent::stop);
        timer.shutdownNow();
        workers.shutdownNow();
    }
}
