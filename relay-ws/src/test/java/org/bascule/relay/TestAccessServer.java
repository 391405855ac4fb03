package org.bascule.relay;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** Serves {@code /api/installation} on loopback. */
final class TestAccessServer implements AutoCloseable {

    private final HttpServer server;
    private final AtomicInteger requests = new AtomicInteger();
    private volatile String keySet = "";

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
        server.start();
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
