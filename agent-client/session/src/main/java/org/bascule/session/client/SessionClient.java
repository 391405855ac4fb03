package org.bascule.session.client;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.bascule.session.handshake.ClientHandshake;
import org.bascule.session.handshake.HandshakeException;
import org.bascule.session.handshake.Prologue;
import org.bascule.session.network.Network;
import org.bascule.session.resume.RelayDialer;
import org.bascule.session.resume.ResumeTimes;
import org.bascule.session.resume.Resumer;
import org.bascule.session.resume.ResumingListener;
import org.bascule.session.stream.Session;
import org.bascule.session.stream.SessionConfig;
import org.bascule.session.stream.SessionListener;
import org.bascule.session.transport.RelayTransport;
import org.bascule.session.transport.RelayTransport.RelayJoin;
import org.bascule.session.transport.Transport;
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

    /** The relay waits 30 s for the other end; a little more for the way. */
    private static final Duration JOIN_WITHIN = Duration.ofSeconds(35);

    private final String server;
    private final String domain;
    private final DeviceCheck check;
    private final RelayConnector relays;
    private final SessionConfig config;

    /** Joins a relay, blocking. */
    @FunctionalInterface
    public interface RelayConnector {
        /** @param early a connection of {@link #connect} */
        Transport join(RelayJoin join, Optional<RelayTransport> early) throws TransportException;

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
                    return Optional.of(RelayTransport.connect(network, endpoint, JOIN_WITHIN));
                }

                @Override
                public Optional<RelayDialer> dialer() {
                    return Optional.of(join -> RelayDialer.overWebSocket(network, join));
                }

                @Override
                public Transport join(RelayJoin join, Optional<RelayTransport> early) throws TransportException {
                    try {
                        return RelayTransport.join(network, join, JOIN_WITHIN, early)
                                .join();
                    } catch (CompletionException e) {
                        if (e.getCause() instanceof TransportException failure) {
                            throw failure;
                        }
                        throw e;
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
     * Opens a session on a device. Blocks until it runs; the device accepts streams at once.
     *
     * @param asked what was asked for ({@link #request}); the answer may hold fewer operations
     * @param opened the access server's answer
     * @throws TrustException a check before m1 failed and nothing was sent, or the device has seen another log
     * @throws HandshakeException the device's half is refused; to the user it is {@code handshake-failed}
     * @throws TransportException the relay could not be joined
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
            Transport transport = relays.join(
                    new RelayJoin(answer.relay(), opened.sid(), RelayRole.CLIENT, answer.token(), proof), early);
            joined = true;
            Session session = start(completed, transport, answer, proof, exchange, listener);
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
            Transport transport,
            HandshakeAnswer answer,
            RelayProofKey proof,
            HandshakeExchange exchange,
            SessionListener listener) {
        Optional<RelayDialer> dialer = relays.dialer();
        String relay = answer.relay().id();
        if (dialer.isEmpty()) {
            return Session.client(completed.keys(), completed.granted(), transport, relay, listener, config);
        }
        ServerReserve source = new ServerReserve(exchange, completed.keys().sid(), proof);
        Resumer resumer = new Resumer(
                completed.keys().sid(),
                RelayRole.CLIENT,
                proof,
                answer.reserve(),
                dialer.get(),
                source,
                ResumeTimes.DEFAULT);
        source.answerTo(resumer);
        Session session = Session.client(
                completed.keys(),
                completed.granted(),
                transport,
                relay,
                new ResumingListener(listener, resumer),
                config);
        source.answerTo(session);
        return session;
    }
}
