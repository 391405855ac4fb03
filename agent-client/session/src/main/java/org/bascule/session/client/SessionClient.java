package org.bascule.session.client;

import java.io.IOException;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.bascule.session.handshake.ClientHandshake;
import org.bascule.session.handshake.HandshakeException;
import org.bascule.session.handshake.Prologue;
import org.bascule.session.network.Network;
import org.bascule.session.resume.RelayDialer;
import org.bascule.session.resume.ResumeTimes;
import org.bascule.session.resume.Resumer;
import org.bascule.session.resume.ResumingListener;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.Session;
import org.bascule.session.stream.SessionConfig;
import org.bascule.session.stream.SessionEnd;
import org.bascule.session.stream.SessionListener;
import org.bascule.session.stream.StreamEndedException;
import org.bascule.session.transport.LostTransport;
import org.bascule.session.transport.RelayTransport;
import org.bascule.session.transport.RelayTransport.RelayJoin;
import org.bascule.session.transport.Transport;
import org.bascule.session.transport.TransportEnd;
import org.bascule.session.transport.TransportException;
import org.bascule.session.trust.DeviceCheck;
import org.bascule.session.trust.TrustException;
import org.bascule.session.trust.VerifiedDevice;
import org.bascule.wire.Operations;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.session.HandshakeAnswer;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.RelayAddress;
import org.bascule.wire.session.SessionOpened;
import org.bascule.wire.session.SessionRequest;

/** Opens sessions: checks, handshake, relay, confirmation. Thread-safe. */
public final class SessionClient {

    private final String server;
    private final String domain;
    private final DeviceCheck check;
    private final RelayConnector relays;
    private final SessionConfig config;

    /** Joins a relay, blocking. */
    @FunctionalInterface
    public interface RelayConnector {
        /**
         * @param early a connection of {@link #connect}
         * @param within for connecting and for the other end
         */
        Transport join(RelayJoin join, Optional<RelayTransport> early, RelayDialer.First within)
                throws TransportException;

        /** Connects to the relay that will probably be joined, while the device answers. */
        default Optional<RelayTransport> connect(URI endpoint) {
            return Optional.empty();
        }

        /** How relays are joined at which the session goes on; without it, a lost transport ends the session. */
        default Optional<RelayDialer> dialer() {
            return Optional.empty();
        }

        /** The product's: through the relay's WebSocket. */
        static RelayConnector over(Network network) {
            return new RelayConnector() {
                @Override
                public Optional<RelayTransport> connect(URI endpoint) {
                    return Optional.of(RelayTransport.connect(network, endpoint, RelayDialer.PAIR));
                }

                @Override
                public Optional<RelayDialer> dialer() {
                    return Optional.of(
                            (join, connect) -> RelayDialer.overWebSocket(network, join, connect, Optional.empty()));
                }

                @Override
                public Transport join(RelayJoin join, Optional<RelayTransport> early, RelayDialer.First within)
                        throws TransportException {
                    try {
                        return RelayTransport.connect(network, join, within.connect(), early)
                                .join(join, within.pair())
                                .join();
                    } catch (CompletionException e) {
                        throw new TransportException(TransportException.endOf(e));
                    }
                }
            };
        }
    }

    /**
     * Makes a client of one installation.
     *
     * @param server URL of the access server as the user gave it: what is pinned is kept under it
     * @param domain what the user calls the domain that he is signed in to
     */
    public SessionClient(String server, String domain, DeviceCheck check, RelayConnector relays, SessionConfig config) {
        this.server = server;
        this.domain = domain;
        this.check = check;
        this.relays = relays;
        this.config = config;
    }

    /** What to ask the access server for: with the tree heads that are remembered. */
    public SessionRequest request(String uid, Operations operations, Optional<String> reason) throws IOException {
        return check.request(server, uid, operations, reason);
    }

    /**
     * Opens a session on a device. Blocks until it runs; the device accepts streams at once. If the relay that was named cannot be joined, another one is taken for which there is a token in reserve.
     *
     * @param asked what was asked for ({@link #request}); the answer may hold fewer operations
     * @param opened the access server's answer
     * @throws TrustException a check before m1 failed and nothing was sent, or the device has seen another log
     * @throws HandshakeException the device's half is refused; to the user it is {@code handshake-failed}
     * @throws TransportException no relay could be joined
     * @throws StreamEndedException it ended, for another reason, while a relay was looked for
     * @throws IOException what {@code exchange} or the trust store throws
     */
    public ClientSession open(
            SessionRequest asked, SessionOpened opened, HandshakeExchange exchange, SessionListener listener)
            throws TrustException, HandshakeException, IOException, InterruptedException {
        VerifiedDevice device = check.check(server, domain, asked, opened, exchange::consistency);
        if (!opened.operations().isSubsetOf(asked.operations())) {
            throw new TrustException(TrustException.Check.OTHER_ANSWER, "the answer is about other operations");
        }
        if (opened.state().equals(SessionOpened.ASKING)) {
            exchange.awaitConsent(opened);
        }
        Prologue prologue = new Prologue(
                opened.sid(),
                opened.issuer(),
                opened.domain(),
                opened.user(),
                device.uid(),
                device.identity().thumbprint());
        ClientHandshake handshake =
                ClientHandshake.start(prologue, device.staticKey(), opened.operations(), device.head());
        Map<String, Long> rtts = exchange.roundTrips();
        Optional<RelayTransport> early =
                likely(opened.relays(), rtts).flatMap(relay -> relays.connect(relay.endpoint(opened.sid())));
        boolean joined = false;
        try {
            RelayProofKey proof = RelayProofKey.generate();
            HandshakeAnswer answer = exchange.send(
                    opened.sid(),
                    new HandshakeRequest(
                            handshake.message1(),
                            proof.publicKey(),
                            rtts,
                            device.head().size()));
            ClientHandshake.Completed completed = handshake.finish(answer.m2(), answer.ticket());
            check.compare(device.head(), completed.seen(), exchange::consistency);
            check.remember(server, device);
            joined = true;
            Session session = start(completed, early, answer, proof, exchange, listener);
            return new ClientSession(session, device, completed.granted(), answer.relay(), answer.sessionExpires());
        } finally {
            if (!joined) {
                early.ifPresent(RelayTransport::abort);
            }
        }
    }

    /** Where the session will probably be relayed, as far as this end can tell: the nearest, or the first if none was measured. */
    private static Optional<RelayAddress> likely(List<RelayAddress> relays, Map<String, Long> rtts) {
        return relays.stream().min(Comparator.comparingLong(relay -> rtts.getOrDefault(relay.id(), Long.MAX_VALUE)));
    }

    private Session start(
            ClientHandshake.Completed completed,
            Optional<RelayTransport> early,
            HandshakeAnswer answer,
            RelayProofKey proof,
            HandshakeExchange exchange,
            SessionListener listener)
            throws IOException, InterruptedException {
        RelayJoin join = new RelayJoin(answer.relay(), completed.keys().sid(), RelayRole.CLIENT, answer.token(), proof);
        Optional<RelayDialer> dialer = relays.dialer();
        String relay = answer.relay().id();
        RelayDialer.First within = RelayDialer.First.of(answer.relay(), answer.reserve());
        if (dialer.isEmpty()) {
            return Session.client(
                    completed.keys(), completed.granted(), relays.join(join, early, within), relay, listener, config);
        }
        Transport transport = first(join, early, within);
        ServerReserve source = new ServerReserve(exchange, completed.keys().sid(), proof);
        Resumer resumer = new Resumer(
                completed.keys().sid(),
                RelayRole.CLIENT,
                proof,
                answer.reserve(),
                dialer.get(),
                source,
                ResumeTimes.DEFAULT,
                transport instanceof LostTransport);
        source.answerTo(resumer);
        Session session = Session.client(
                completed.keys(),
                completed.granted(),
                transport,
                relay,
                new ResumingListener(listener, resumer),
                config);
        if (transport instanceof LostTransport lost) {
            awaitAnother(session, resumer, lost.end());
        }
        return session;
    }

    private Transport first(RelayJoin join, Optional<RelayTransport> early, RelayDialer.First within) {
        try {
            return relays.join(join, early, within);
        } catch (TransportException e) {
            return new LostTransport(e.end());
        }
    }

    private static void awaitAnother(Session session, Resumer resumer, TransportEnd why)
            throws IOException, InterruptedException {
        CompletableFuture<SessionEnd> ended = session.ended();
        try {
            CompletableFuture.anyOf(resumer.resumed(), ended).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            session.end(EndReason.DONE, "");
            throw e;
        }
        if (!resumer.resumed().isDone()) {
            SessionEnd end = ended.join();
            if (end.reason() == EndReason.INTERRUPTED) {
                throw new TransportException(new TransportEnd(why.kind(), end.text()));
            }
            throw new StreamEndedException(end.reason(), end.text());
        }
    }
}
