package org.bascule.system;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.bascule.session.client.ClientSession;
import org.bascule.session.client.HandshakeExchange;
import org.bascule.session.client.SessionClient;
import org.bascule.session.client.SessionOverException;
import org.bascule.session.handshake.HandshakeException;
import org.bascule.session.network.Network;
import org.bascule.session.network.Proxies;
import org.bascule.session.network.Tls;
import org.bascule.session.resume.RelayDialer;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.Service;
import org.bascule.session.stream.SessionConfig;
import org.bascule.session.stream.SessionEnd;
import org.bascule.session.stream.SessionListener;
import org.bascule.session.stream.SessionStream;
import org.bascule.session.stream.StreamEndedException;
import org.bascule.session.stream.StreamHandler;
import org.bascule.session.tls.Authorities;
import org.bascule.session.transport.RelayTransport;
import org.bascule.session.transport.Transport;
import org.bascule.session.transport.TransportException;
import org.bascule.session.trust.DeviceCheck;
import org.bascule.session.trust.MemoryTrustStore;
import org.bascule.session.trust.TrustException;
import org.bascule.session.trust.TrustStore;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.session.HandshakeAnswer;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.ReserveRelay;
import org.bascule.wire.session.ReserveRequest;
import org.bascule.wire.session.SessionOpened;
import org.bascule.wire.session.SessionRequest;

/** A session of the native library in the test's own process, through the real access server, relay and agent; its way may be disturbed. */
final class NativeSession implements AutoCloseable {

    private final ClientSession session;
    private final CompletableFuture<SessionEnd> ended;

    private NativeSession(ClientSession session, CompletableFuture<SessionEnd> ended) {
        this.session = session;
        this.ended = ended;
    }

    static Network network(Path ca) {
        try (InputStream in = Files.newInputStream(ca)) {
            return new Network(Tls.resuming(Authorities.with(in)), Proxies.none(), "bascule-tests/1");
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static NativeSession open(TheSystem system, String device, SessionConfig config, UnaryOperator<Transport> way) {
        return open(system, device, config, way, new MemoryTrustStore());
    }

    /** @param met what the client remembers of earlier sessions */
    static NativeSession open(
            TheSystem system, String device, SessionConfig config, UnaryOperator<Transport> way, TrustStore met) {
        return open(system, system.api("engineer"), device, config, way, met);
    }

    /** @param api with a sign-in of the session's user */
    static NativeSession open(
            TheSystem system,
            Api api,
            String device,
            SessionConfig config,
            UnaryOperator<Transport> way,
            TrustStore met) {
        SessionClient.RelayConnector relays = SessionClient.RelayConnector.over(network(system.ca()));
        SessionClient client = new SessionClient(
                system.url(),
                "the domain of the test",
                new DeviceCheck(met, InstantSource.system()),
                new SessionClient.RelayConnector() {
                    @Override
                    public Transport join(
                            RelayTransport.RelayJoin join, Optional<RelayTransport> early, RelayDialer.First within)
                            throws TransportException {
                        return way.apply(relays.join(join, early, within));
                    }

                    @Override
                    public Optional<RelayDialer> dialer() {
                        return relays.dialer();
                    }
                },
                config);
        Operations operations = Operations.of(Operations.EXEC, Operations.TERMINAL);
        CompletableFuture<SessionEnd> ended = new CompletableFuture<>();
        try {
            SessionRequest asked = client.request(device, operations, Optional.of("system test"));
            HttpResponse<String> opened = Api.expect(201, api.post("/api/sessions", asked.toJson()));
            ClientSession session = client.open(
                    asked,
                    SessionOpened.parse(opened.body()),
                    new HandshakeExchange() {
                        @Override
                        public HandshakeAnswer send(SessionId sid, HandshakeRequest request) throws IOException {
                            return answer(api.put("/api/sessions/" + sid.hex() + "/handshake", request.toJson()));
                        }

                        @Override
                        public List<ReserveRelay> reserve(SessionId sid, ReserveRequest request) throws IOException {
                            HttpResponse<String> reserve =
                                    api.post("/api/sessions/" + sid.hex() + "/relays", request.toJson());
                            if (reserve.body().contains("session-ended")) {
                                throw new SessionOverException(reserve.body());
                            }
                            try {
                                return ReserveRelay.read(StrictJson.parse(
                                        Api.expect(200, reserve).body(), 64 * 1_024));
                            } catch (WireException e) {
                                throw new IOException(e);
                            }
                        }
                    },
                    new SessionListener() {
                        @Override
                        public void ended(org.bascule.session.stream.Session it, SessionEnd end) {
                            ended.complete(end);
                        }
                    });
            return new NativeSession(session, ended);
        } catch (IOException | TrustException | HandshakeException | WireException e) {
            throw new AssertionError("no session: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static HandshakeAnswer answer(HttpResponse<String> answer) throws IOException {
        try {
            return HandshakeAnswer.parse(Api.expect(200, answer).body());
        } catch (WireException e) {
            throw new IOException(e);
        }
    }

    String sid() {
        return session.session().sid().hex();
    }

    /** Types lines into a terminal. @return what the terminal printed so far, complete when its stream is over */
    Terminal terminal() {
        Terminal terminal = new Terminal();
        try {
            JsonObject size =
                    Json.createObjectBuilder().add("cols", 120).add("rows", 30).build();
            terminal.stream = session.session().open(Service.TERMINAL, size, terminal);
        } catch (StreamEndedException e) {
            terminal.over.complete(e.getMessage() == null ? "refused" : e.getMessage());
        }
        return terminal;
    }

    SessionEnd awaitEnd(Duration limit) {
        try {
            return ended.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (Exception e) {
            throw new AssertionError("the session did not end within " + limit, e);
        }
    }

    boolean isOver() {
        return ended.isDone();
    }

    @Override
    public void close() {
        session.close();
    }

    /** What a terminal prints. */
    static final class Terminal implements StreamHandler {

        private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
        final CompletableFuture<String> over = new CompletableFuture<>();
        private volatile SessionStream stream;

        @Override
        public void data(SessionStream from, byte[] buffer, int offset, int length) {
            synchronized (printed) {
                printed.write(buffer, offset, length);
                printed.notifyAll();
            }
            from.consumed(length);
        }

        @Override
        public void ended(SessionStream from, EndReason reason, String text) {
            over.complete(reason.text());
        }

        void type(String text) {
            try {
                stream.write(text.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                over.complete("write failed");
            }
        }

        String printed() {
            synchronized (printed) {
                return printed.toString(StandardCharsets.UTF_8);
            }
        }

        int length() {
            synchronized (printed) {
                return printed.size();
            }
        }

        /** Until more than this is printed. */
        void awaitMore(int length) throws InterruptedException {
            synchronized (printed) {
                while (printed.size() <= length && !over.isDone()) {
                    printed.wait(1_000);
                }
            }
        }

        void await(String expected) {
            Eventually.within(
                    Duration.ofSeconds(15),
                    "'" + expected + "' printed",
                    () -> printed().contains(expected) || over.isDone());
            if (!printed().contains(expected)) {
                throw new AssertionError("the stream is over: " + over.join());
            }
        }
    }
}
