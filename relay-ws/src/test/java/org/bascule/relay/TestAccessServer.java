package org.bascule.relay;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Serves {@code /api/installation} on loopback, and takes heartbeats and what relays have forwarded. */
final class TestAccessServer implements AutoCloseable {

    private final HttpServer server;
    private final AtomicInteger requests = new AtomicInteger();
    private final List<String> heartbeats = new CopyOnWriteArrayList<>();
    private final List<String> traffic = new CopyOnWriteArrayList<>();
    private final AtomicInteger refusedTraffic = new AtomicInteger();
    private volatile boolean takesTraffic = true;
    private volatile String keySet = "";
    private volatile String operator = "{\"state\":\"pending\",\"drain\":false}";

    TestAccessServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/installation", exchange -> {
            requests.incrementAndGet();
            byte[] body = ("{\"issuer\":\"https://bascule.example\",\"keySet\":\"" + keySet + "\",\"version\":\"1\"}")
                    .getBytes(StandardCharsets.UTF_8);
            if (keySet.isEmpty()) {
                exchange.sendResponseHeaders(503, -1);
            } else {
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        });
        server.createContext("/api/relays/heartbeat", exchange -> {
            heartbeats.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] body = operator.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.createContext("/api/relays/traffic", exchange -> {
            String report = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
            if (takesTraffic) {
                traffic.add(report);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            } else {
                refusedTraffic.incrementAndGet();
                exchange.sendResponseHeaders(503, -1);
            }
            exchange.close();
        });
        server.start();
    }

    /** Whether reports of what was forwarded are taken from now on; else 503. */
    void takeTraffic(boolean takes) {
        takesTraffic = takes;
    }

    /** Bodies of the reports that were taken. */
    List<String> traffic() {
        return List.copyOf(traffic);
    }

    int refusedTraffic() {
        return refusedTraffic.get();
    }

    /** What heartbeats are answered from now on. */
    void answer(String json) {
        operator = json;
    }

    /** Bodies of the heartbeats so far. */
    List<String> heartbeats() {
        return List.copyOf(heartbeats);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** What is served from now on; empty: 503. */
    void serve(String signed) {
        keySet = signed;
    }

    int requests() {
        return requests.get();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
