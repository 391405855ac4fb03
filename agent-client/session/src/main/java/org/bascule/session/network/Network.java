package org.bascule.session.network;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.bascule.session.tls.Authorities;

/** The way to the outside: WebSockets and HTTP requests, with one trust and one proxy setting. Thread-safe. */
public final class Network {

    private static final int HTTP = 80;

    /** Where an access server may be if its URL names no port (row DEV-4). */
    private static final List<Integer> PORTS = List.of(443, 80, 5935);

    private static final int MAX_REMEMBERED = 64;
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Tls tls;
    private final Proxies proxies;
    private final String userAgent;
    private final List<Integer> ports;
    /** By host, the port that led there last. */
    private final Map<String, Integer> remembered = new ConcurrentHashMap<>();

    private final HttpConnections kept = new HttpConnections();

    /** @param userAgent how the program names itself, as {@link UserAgent} makes it */
    public Network(Tls tls, Proxies proxies, String userAgent) {
        this(tls, proxies, userAgent, PORTS);
    }

    /** With other ports: for tests. */
    Network(Tls tls, Proxies proxies, String userAgent, List<Integer> ports) {
        this.tls = tls;
        this.proxies = proxies;
        this.userAgent = userAgent;
        this.ports = List.copyOf(ports);
    }

    /** Directly, believing the authorities of the Java platform. */
    public static Network ofPlatform(String userAgent) {
        return new Network(Tls.resuming(Authorities.ofPlatform()), Proxies.none(), userAgent);
    }

    /**
     * Opens a WebSocket. Its reading thread connects; the listener is called on it.
     *
     * @param url {@code ws} or {@code wss}
     * @param within for connection, TLS and opening handshake
     * @return done after {@link WebSocketListener#opened}, or fails with the cause, and then the listener hears nothing; cancelling it gives up
     */
    public CompletableFuture<WebSocket> open(
            URI url, Duration within, WebSocket.Limits limits, WebSocketListener listener) {
        CompletableFuture<WebSocket> opening = new CompletableFuture<>();
        Attempt attempt = new Attempt(within);
        opening.whenComplete((socket, failure) -> {
            if (opening.isCancelled()) {
                attempt.cancel();
            }
        });
        String name = "bascule-ws-" + NUMBER.incrementAndGet();
        WebSocket.thread(() -> run(url, attempt, limits, listener, opening, name), name)
                .start();
        return opening;
    }

    private void run(
            URI url,
            Attempt attempt,
            WebSocket.Limits limits,
            WebSocketListener listener,
            CompletableFuture<WebSocket> opening,
            String name) {
        Connection connection;
        try (attempt) {
            connection = upgraded(url, attempt);
        } catch (IOException | RuntimeException e) {
            opening.completeExceptionally(e);
            return;
        }
        WebSocket socket = new WebSocket(connection, limits, listener);
        socket.run(name, () -> {
            if (!opening.complete(socket)) {
                socket.abort();
            }
        });
    }

    private Connection upgraded(URI url, Attempt attempt) throws IOException {
        Connection connection = connect(Target.parse(url), attempt);
        try {
            Upgrade.perform(connection, url, userAgent);
            attempt.succeeded();
            return connection;
        } catch (IOException e) {
            connection.cut();
            throw attempt.explain(e);
        }
    }

    /**
     * Sends a request and reads the answer's head. Blocks.
     *
     * @throws IOException there is no answer
     */
    public HttpAnswer send(HttpCall call) throws IOException {
        Target target = Target.parse(call.url());
        HttpConnections.Key key = new HttpConnections.Key(target.tls(), target.host(), target.port());
        try (Attempt attempt = new Attempt(call.within())) {
            Connection idle = kept.take(key, call.isRepeatable());
            if (idle != null) {
                try {
                    return exchange(call, key, idle, attempt);
                } catch (IOException e) {
                    attempt.check();
                    if (!call.isRepeatable()) {
                        throw e;
                    }
                }
            }
            return exchange(call, key, connect(target, attempt), attempt);
        }
    }

    private HttpAnswer exchange(HttpCall call, HttpConnections.Key key, Connection connection, Attempt attempt)
            throws IOException {
        try {
            attempt.busyWith(connection.raw());
            connection.readTimeout(0);
            call.writeTo(connection.out(), userAgent);
            HttpHead head = HttpHead.read(connection.in());
            while (head.status() / 100 == 1) {
                if (head.status() == 101) {
                    throw new MalformedAnswerException("an upgrade that was not asked for");
                }
                head = HttpHead.read(connection.in());
            }
            attempt.succeeded();
            return new HttpAnswer(call.method(), head, connection, () -> kept.keep(key, connection));
        } catch (IOException e) {
            connection.cut();
            throw attempt.explain(e);
        } catch (RuntimeException e) {
            connection.cut();
            throw e;
        }
    }

    private Connection connect(Target target, Attempt attempt) throws IOException {
        if (target.port() != 0 || !target.tls()) {
            return connect(target, target.port() == 0 ? HTTP : target.port(), attempt);
        }
        List<Integer> order = new ArrayList<>(ports);
        Integer last = remembered.get(target.host());
        if (last != null && order.remove(last)) {
            order.add(0, last);
        }
        try {
            PortRace.Winner winner = new PortRace((port, one) -> connect(target, port, one), attempt).run(order);
            if (remembered.size() >= MAX_REMEMBERED) {
                remembered.clear();
            }
            remembered.put(target.host(), winner.port());
            return winner.connection();
        } catch (IOException e) {
            throw attempt.explain(e);
        }
    }

    private Connection connect(Target target, int port, Attempt attempt) throws IOException {
        Socket raw;
        try {
            raw = proxies.to(target.host(), port, target.tls()).connect(target.host(), port, attempt);
        } catch (IOException e) {
            throw new NoConnectionException(attempt.explain(e));
        }
        try {
            SSLSocket secured = target.tls() ? tls.handshake(raw, target.host(), port) : null;
            return new Connection(raw, secured);
        } catch (IOException e) {
            Connection.closeQuietly(raw);
            throw attempt.explain(e);
        } catch (RuntimeException e) {
            Connection.closeQuietly(raw);
            throw e;
        }
    }
}
