package org.bascule.session.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bascule.session.handshake.DeviceHandshake;
import org.bascule.session.handshake.HandshakeException;
import org.bascule.session.handshake.HeadSeen;
import org.bascule.session.handshake.SessionKeys;
import org.bascule.session.resume.RelayDialer;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.Service;
import org.bascule.session.stream.Session;
import org.bascule.session.stream.SessionConfig;
import org.bascule.session.stream.SessionListener;
import org.bascule.session.stream.SessionStream;
import org.bascule.session.stream.StreamEndedException;
import org.bascule.session.stream.StreamHandler;
import org.bascule.session.stream.TransportLoss;
import org.bascule.session.transport.LostTransport;
import org.bascule.session.transport.MemoryTransport;
import org.bascule.session.transport.RelayTransport;
import org.bascule.session.transport.RelayTransport.RelayJoin;
import org.bascule.session.transport.Transport;
import org.bascule.session.transport.TransportEnd;
import org.bascule.session.transport.TransportException;
import org.bascule.session.trust.DeviceCheck;
import org.bascule.session.trust.MemoryTrustStore;
import org.bascule.session.trust.TrustException;
import org.bascule.session.vectors.FixedInstallation;
import org.bascule.session.vectors.FixedLog;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.session.HandshakeAnswer;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.RelayAddress;
import org.bascule.wire.session.ReserveRelay;
import org.bascule.wire.session.ReserveRequest;
import org.bascule.wire.session.SessionOpened;
import org.bascule.wire.session.SessionRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole path of a client against a device in the same process. */
@Timeout(60)
class SessionClientTest {

    private static final String SERVER = "https://access.example";
    private static final RelayAddress FIRST = new RelayAddress("relay-1", "wss://relay.example/relay");
    private static final JsonObject NO_ARGUMENTS = Json.createObjectBuilder().build();
    private static final SessionListener SILENT = new SessionListener() {};

    private final MemoryTransport.Pair transports = MemoryTransport.pair();
    private final MemoryTrustStore store = new MemoryTrustStore();
    private final AtomicInteger exchanges = new AtomicInteger();
    private final AtomicInteger joins = new AtomicInteger();
    private final CompletableFuture<Session> device = new CompletableFuture<>();
    private Transport deviceHas = transports.device();
    private UnaryOperator<HeadSeen> otherHead = head -> head;
    private Optional<List<byte[]>> proof = Optional.empty();
    private Optional<RelayDialer.First> firstWithin = Optional.empty();

    private SessionClient client(SessionClient.RelayConnector relays) {
        return new SessionClient(
                SERVER, "example", new DeviceCheck(store, () -> FixedInstallation.NOW), relays, SessionConfig.DEFAULT);
    }

    private SessionClient client() {
        return client(this::join);
    }

    private Transport join(RelayJoin join, Optional<RelayTransport> early, RelayDialer.First within) {
        joins.incrementAndGet();
        assertThat(join.role()).isEqualTo(RelayRole.CLIENT);
        assertThat(join.sid()).isEqualTo(FixedInstallation.SID);
        assertThat(join.token()).isEqualTo("token");
        return transports.client();
    }

    /** The access server and the agent behind it. */
    private HandshakeAnswer exchange(HandshakeRequest request, Operations granted) {
        exchanges.incrementAndGet();
        try {
            DeviceHandshake read =
                    DeviceHandshake.read(FixedInstallation.prologue(), List.of(FixedInstallation.STATIC), request.m1());
            String ticket = FixedInstallation.ticket(request.m1()).sign(FixedInstallation.TICKET_KEY);
            DeviceHandshake.Answer answer = read.answer(ticket, granted, otherHead.apply(HeadSeen.of(read.head())));
            device.complete(startDevice(answer.keys(), granted));
            return new HandshakeAnswer(
                    answer.m2(), ticket, FIRST, "token", FixedInstallation.NOW.plus(Duration.ofHours(12)));
        } catch (HandshakeException e) {
            throw new IllegalStateException(e);
        }
    }

    private Session startDevice(SessionKeys keys, Operations granted) {
        return Session.device(
                keys,
                granted,
                deviceHas,
                (stream, service, arguments) -> (from, buffer, offset, length) -> {
                    from.consumed(length);
                    try {
                        from.tryWrite(buffer, offset, length);
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                },
                new SessionListener() {
                    @Override
                    public boolean lost(Session session, TransportLoss loss) {
                        return deviceHas instanceof LostTransport;
                    }
                },
                SessionConfig.DEFAULT);
    }

    private ClientSession open(SessionOpened answer, HandshakeExchange exchange) throws Exception {
        return client().open(asked(FixedInstallation.REQUESTED), answer, exchange, SILENT);
    }

    private static SessionRequest asked(Operations operations) {
        return new SessionRequest(FixedInstallation.UID, operations, Optional.empty());
    }

    private static void assertCarriesBytes(ClientSession opened) throws Exception {
        CompletableFuture<String> echo = new CompletableFuture<>();
        SessionStream stream = opened.session().open(Service.TERMINAL, NO_ARGUMENTS, new StreamHandler() {
            @Override
            public void data(SessionStream from, byte[] buffer, int offset, int length) {
                echo.complete(new String(buffer, offset, length, StandardCharsets.UTF_8));
            }
        });
        stream.write("x".getBytes(StandardCharsets.UTF_8));
        assertThat(echo.get(20, TimeUnit.SECONDS)).isEqualTo("x");
    }

    @Test
    void opensASessionThatCarriesBytes() throws Exception {
        ClientSession opened =
                open(FixedInstallation.opened(), (sid, request) -> exchange(request, FixedInstallation.GRANTED));
        assertThat(opened.granted()).isEqualTo(FixedInstallation.GRANTED);
        assertThat(opened.device().firstContact()).isTrue();
        assertThat(store.remembered(SERVER).orElseThrow().devices()).containsOnlyKeys(FixedInstallation.UID);
        assertCarriesBytes(opened);
        opened.close();
        assertThat(device.get(20, TimeUnit.SECONDS)
                        .ended()
                        .get(20, TimeUnit.SECONDS)
                        .byPeer())
                .isTrue();
    }

    @Test
    void saysHowFarTheRelaysAreAndConnectsEarlyToTheNearest() throws Exception {
        SessionOpened good = FixedInstallation.opened();
        SessionOpened two = new SessionOpened(
                good.sid(),
                good.issuer(),
                good.domain(),
                good.user(),
                good.device(),
                good.deviceName(),
                good.chain(),
                good.endorsement(),
                good.keySet(),
                good.root(),
                List.of(
                        new RelayAddress("unknown", "wss://unknown.example"),
                        new RelayAddress("far", "wss://far.example"),
                        new RelayAddress("near", "wss://near.example")),
                good.operations(),
                good.state(),
                good.continuity(),
                good.log());
        CompletableFuture<URI> early = new CompletableFuture<>();
        SessionClient client = client(new SessionClient.RelayConnector() {
            @Override
            public Transport join(RelayJoin join, Optional<RelayTransport> connected, RelayDialer.First within) {
                return SessionClientTest.this.join(join, connected, within);
            }

            @Override
            public Optional<RelayTransport> connect(URI endpoint) {
                early.complete(endpoint);
                return Optional.empty();
            }
        });
        Map<String, Long> rtts = Map.of("near", 3L, "far", 70L);
        client.open(
                        asked(FixedInstallation.REQUESTED),
                        two,
                        new HandshakeExchange() {
                            @Override
                            public HandshakeAnswer send(SessionId sid, HandshakeRequest request) {
                                assertThat(request.rtts()).isEqualTo(rtts);
                                return exchange(request, FixedInstallation.GRANTED);
                            }

                            @Override
                            public Map<String, Long> roundTrips() {
                                return rtts;
                            }
                        },
                        SILENT)
                .close();
        assertThat(early.get(20, TimeUnit.SECONDS)).hasHost("near.example");
    }

    // ---- what the device has seen of the log ----

    private ClientSession openWith(HeadSeen seen) throws Exception {
        otherHead = head -> seen;
        return open(FixedInstallation.opened(), new HandshakeExchange() {
            @Override
            public HandshakeAnswer send(SessionId sid, HandshakeRequest request) {
                assertThat(request.log()).isEqualTo(FixedLog.SIZE);
                return exchange(request, FixedInstallation.GRANTED);
            }

            @Override
            public Optional<List<byte[]>> consistency(long first, long second) {
                assertThat(List.of(first, second)).containsExactly((long) FixedLog.EARLIER, (long) FixedLog.SIZE);
                return proof;
            }
        });
    }

    @Test
    void aDeviceThatHasSeenAnEarlierHeadIsAskedAboutOnce() throws Exception {
        proof = Optional.of(FixedLog.HONEST.consistency(FixedLog.EARLIER, FixedLog.SIZE));
        openWith(HeadSeen.of(FixedLog.HONEST.head(FixedLog.EARLIER))).close();
    }

    @Test
    void aDeviceThatHasSeenNoHeadSaysNothing() throws Exception {
        openWith(HeadSeen.NONE).close();
    }

    @Test
    void aDeviceThatHasSeenAnotherLogIsNotConnected() {
        refusesSeen(HeadSeen.of(FixedLog.FORKED.head(FixedLog.SIZE)));
        refusesSeen(HeadSeen.of(FixedLog.HONEST.head(FixedLog.EARLIER)));
        proof = Optional.of(FixedLog.HONEST.consistency(FixedLog.EARLIER, FixedLog.SIZE));
        refusesSeen(HeadSeen.of(FixedLog.FORKED.head(FixedLog.EARLIER)));
        assertThat(joins).hasValue(0);
        assertThat(store.remembered(SERVER).orElseThrow().devices())
                .as("it was not met")
                .isEmpty();
    }

    private void refusesSeen(HeadSeen seen) {
        assertThatThrownBy(() -> openWith(seen)).isInstanceOfSatisfying(TrustException.class, e -> assertThat(e.check())
                .isEqualTo(TrustException.Check.LOG_FORKED));
    }

    @Test
    void sendsNothingWhenACheckFails() {
        SessionOpened good = FixedInstallation.opened();
        SessionOpened older = new SessionOpened(
                good.sid(),
                "https://elsewhere.example",
                good.domain(),
                good.user(),
                good.device(),
                good.deviceName(),
                good.chain(),
                good.endorsement(),
                good.keySet(),
                good.root(),
                good.relays(),
                good.operations(),
                good.state());
        assertThatThrownBy(() -> open(older, (sid, request) -> exchange(request, FixedInstallation.GRANTED)))
                .isInstanceOf(TrustException.class);
        assertThat(exchanges).hasValue(0);
        assertThat(joins).hasValue(0);
    }

    @Test
    void refusesOperationsThatWereNotAskedFor() {
        assertThatThrownBy(() -> client().open(
                                asked(Operations.of(Operations.TERMINAL)),
                                FixedInstallation.opened(),
                                (sid, request) -> exchange(request, FixedInstallation.GRANTED),
                                SILENT))
                .isInstanceOfSatisfying(
                        TrustException.class, e -> assertThat(e.check()).isEqualTo(TrustException.Check.OTHER_ANSWER));
        assertThat(exchanges).hasValue(0);
    }

    @Test
    void joinsNoRelayWhenTheDeviceAnsweredToAnotherTicket() {
        assertThatThrownBy(() -> open(FixedInstallation.opened(), (sid, request) -> {
                    HandshakeAnswer good = exchange(request, FixedInstallation.GRANTED);
                    return new HandshakeAnswer(
                            good.m2(), good.ticket() + "x", good.relay(), good.token(), good.sessionExpires());
                }))
                .isInstanceOfSatisfying(HandshakeException.class, e -> assertThat(e.reason())
                        .isEqualTo(HandshakeException.Reason.OTHER_TICKET));
        assertThat(joins).hasValue(0);
    }

    @Test
    void passesOnWhatTheExchangeAndTheRelayThrow() {
        assertThatThrownBy(() -> open(FixedInstallation.opened(), (sid, request) -> {
                    throw new IOException("409");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("409");
        SessionClient unreachable = client((join, early, within) -> {
            throw new TransportException(new TransportEnd(TransportEnd.Kind.LOST, "no relay"));
        });
        assertThatThrownBy(() -> unreachable.open(
                        asked(FixedInstallation.REQUESTED),
                        FixedInstallation.opened(),
                        (sid, request) -> exchange(request, FixedInstallation.GRANTED),
                        SILENT))
                .isInstanceOfSatisfying(
                        TransportException.class,
                        e -> assertThat(e.end().kind()).isEqualTo(TransportEnd.Kind.LOST));
    }

    @Test
    void opensAtAnotherRelayForWhichThereIsAToken() throws Exception {
        RelayAddress second = new RelayAddress("relay-2", "wss://relay-2.example/relay");
        SessionClient client = clientOfADeadRelay((join, connect) -> {
            if (!join.relay().equals(second)) {
                return new RelayDialer.Dialling(new CompletableFuture<>(), () -> {});
            }
            device.thenAccept(session -> session.resume(transports.device(), "relay-2", join.attempt()));
            return new RelayDialer.Dialling(
                    CompletableFuture.completedFuture(transports.client()), transports.client()::abort);
        });
        try (ClientSession session = client.open(
                asked(FixedInstallation.REQUESTED),
                FixedInstallation.opened(),
                (sid, request) -> withReserve(request, FIRST, second),
                SILENT)) {
            assertThat(session.session().isConnected()).isTrue();
            assertCarriesBytes(session);
        }
        RelayDialer.First within = firstWithin.orElseThrow();
        assertThat(within.connect()).isEqualTo(RelayDialer.CONNECT);
        assertThat(within.pair()).isGreaterThan(within.connect()).isLessThan(RelayDialer.PAIR);
    }

    @Test
    void endedWhileItLooksForARelayIsSaidAsThat() {
        SessionClient client =
                clientOfADeadRelay((join, connect) -> new RelayDialer.Dialling(new CompletableFuture<>(), () -> {}));
        HandshakeExchange exchange = new HandshakeExchange() {
            @Override
            public HandshakeAnswer send(SessionId sid, HandshakeRequest request) {
                return withReserve(request, FIRST, new RelayAddress("relay-2", "wss://relay-2.example/relay"));
            }

            @Override
            public List<ReserveRelay> reserve(SessionId sid, ReserveRequest request) throws IOException {
                throw new SessionOverException("not-permitted");
            }
        };
        assertThatThrownBy(() ->
                        client.open(asked(FixedInstallation.REQUESTED), FixedInstallation.opened(), exchange, SILENT))
                .isInstanceOfSatisfying(StreamEndedException.class, e -> {
                    assertThat(e.reason()).isEqualTo(EndReason.ENDED_BY_SERVER);
                    assertThat(e.text()).isEqualTo("not-permitted");
                });
    }

    /** Without another relay both ends have as long as the relay waits for them; the server names it in the reserve, too. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theOnlyRelayIsGivenMoreTime(boolean inReserve) {
        SessionClient client = clientOfADeadRelay((join, connect) -> {
            throw new IllegalStateException("it is dead");
        });
        assertThatThrownBy(() -> client.open(
                        asked(FixedInstallation.REQUESTED),
                        FixedInstallation.opened(),
                        (sid, request) -> inReserve ? withReserve(request, FIRST) : withReserve(request),
                        SILENT))
                .isInstanceOf(TransportException.class);
        assertThat(firstWithin).contains(new RelayDialer.First(RelayDialer.PAIR, RelayDialer.PAIR));
    }

    /** At neither end the first relay is there. */
    private SessionClient clientOfADeadRelay(RelayDialer dialer) {
        TransportEnd dead = new TransportEnd(TransportEnd.Kind.LOST, "no relay");
        deviceHas = new LostTransport(dead);
        return client(new SessionClient.RelayConnector() {
            @Override
            public Transport join(RelayJoin join, Optional<RelayTransport> early, RelayDialer.First within)
                    throws TransportException {
                firstWithin = Optional.of(within);
                throw new TransportException(dead);
            }

            @Override
            public Optional<RelayDialer> dialer() {
                return Optional.of(dialer);
            }
        });
    }

    private HandshakeAnswer withReserve(HandshakeRequest request, RelayAddress... reserve) {
        HandshakeAnswer good = exchange(request, FixedInstallation.GRANTED);
        return new HandshakeAnswer(
                good.m2(),
                good.ticket(),
                good.relay(),
                good.token(),
                good.sessionExpires(),
                Stream.of(reserve)
                        .map(relay -> new ReserveRelay(relay, "token of " + relay.id()))
                        .toList(),
                good.way());
    }

    @Test
    void warmUpRuns() {
        WarmUp.run(Duration.ofMillis(50));
    }
}
