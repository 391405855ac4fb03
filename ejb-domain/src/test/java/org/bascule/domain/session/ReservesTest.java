package org.bascule.domain.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.bascule.domain.directory.DeviceChange;
import org.bascule.domain.directory.Directory;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.relay.TestRelayHost;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.SessionMessage;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.registry.RelayLoad;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.relay.RelayToken;
import org.bascule.wire.session.HandshakeAnswer;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.RelayWay;
import org.bascule.wire.session.ReserveRelay;
import org.bascule.wire.session.ReserveRequest;
import org.bascule.wire.session.SessionRequest;
import org.bascule.wire.trust.KeySet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens with which both ends of a session go on at other relays. */
class ReservesTest {

    private final TestDomain domain = new TestDomain().started();
    private final Sessions sessions = domain.get(Sessions.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final RelayProofKey clientKey = RelayProofKey.generate();
    private final RelayProofKey deviceKey = RelayProofKey.generate();

    @SuppressWarnings("NullAway.Init")
    private TestAgent agent;

    @SuppressWarnings("NullAway.Init")
    private TestAgent.Socket socket;

    @BeforeEach
    void start() throws RefusedException {
        agent = TestAgent.enrolled(domain, owner, sample.root);
        domain.transactions.run(
                () -> domain.get(Directory.class).change(owner, agent.uid(), 0, new DeviceChange("pump", "operator")));
        socket = agent.online();
    }

    private SessionId opened() throws RefusedException {
        return domain.transactions
                .inNew(() -> sessions.open(
                        owner,
                        new SessionRequest(agent.uid(), Operations.of("terminal"), Optional.empty()),
                        ClientKind.BROWSER))
                .sid();
    }

    private HandshakeAnswer running(SessionId sid) throws Exception {
        HandshakeRequest request =
                new HandshakeRequest(new byte[] {1}, clientKey.publicKey(), Map.of("r1", 50L, "r2", 10L));
        CompletableFuture<HandshakeAnswer> future = sessions.handshake(owner, sid, request, ClientKind.BROWSER);
        socket.receive(new SessionMessage.SessionAnswer(
                sid, new byte[] {2}, deviceKey.publicKey(), Map.of("r1", 1L, "r2", 5L)));
        return future.get();
    }

    private List<ReserveRelay> ask(Caller caller, SessionId sid, List<String> struck, OptionalLong lost)
            throws RefusedException {
        ReserveRequest request = new ReserveRequest(clientKey.publicKey(), List.of("r2", "r1"), struck, lost);
        return domain.transactions.inNew(() -> sessions.reserve(caller, sid, request, ClientKind.BROWSER));
    }

    /** Each carries the limits of the settings. */
    private RelayToken verified(String text) throws Exception {
        KeySet keys = KeySet.verify(agent.enrolled.keySet(), agent.enrolled.root());
        RelayToken token = RelayToken.verify(text, keys, domain.clock.instant());
        assertThat(token.limits()).isEqualTo(TestDomain.LIMITS);
        return token;
    }

    private RelayToken verified(ReserveRelay one) throws Exception {
        RelayToken token = verified(one.token());
        assertThat(token.relay()).isEqualTo(one.relay().id());
        assertThat(token.reserve()).isTrue();
        assertThat(token.attempt()).isEqualTo(1);
        assertThat(Duration.between(token.issuedAt(), token.expires())).isEqualTo(RelayToken.RESERVE_VALIDITY);
        return token;
    }

    private static List<String> ids(List<ReserveRelay> reserve) {
        return reserve.stream().map(one -> one.relay().id()).toList();
    }

    @Test
    void bothEndsGetThemForTheSameRelaysInTheSameOrder() throws Exception {
        SessionId sid = opened();
        HandshakeAnswer answer = running(sid);
        SessionMessage.SessionRelay relay = socket.sent(SessionMessage.SessionRelay.class);
        assertThat(ids(answer.reserve())).containsExactly("r2", "r1").isEqualTo(ids(relay.reserve()));
        assertThat(answer.reserve().get(0).relay().url()).isEqualTo("wss://r2.example/relay");
        assertThat(relay.reserve().get(0).relay().url()).isEqualTo("wss://r2.example:8443/relay");
        assertThat(answer.reserve())
                .extracting(ReserveRelay::way)
                .as("to each of them")
                .containsExactly(
                        new RelayWay(Optional.of(10L), Optional.of(5L)),
                        new RelayWay(Optional.of(50L), Optional.of(1L)));
        RelayToken client = verified(answer.reserve().get(0));
        RelayToken device = verified(relay.reserve().get(0));
        assertThat(client.role()).isEqualTo(RelayRole.CLIENT);
        assertThat(client.cnf()).isEqualTo(clientKey.publicKey());
        assertThat(device.role()).isEqualTo(RelayRole.DEVICE);
        assertThat(device.cnf()).isEqualTo(deviceKey.publicKey());
        assertThat(client.jti()).isNotEqualTo(device.jti());
        for (String first : List.of(answer.token(), relay.token())) {
            RelayToken token = verified(first);
            assertThat(token.relay()).isEqualTo("r2");
            assertThat(token.attempt()).isZero();
            assertThat(token.reserve()).isFalse();
        }

        assertThat(ids(ask(owner, sid, List.of(), OptionalLong.empty()))).containsExactly("r2", "r1");
        socket.receive(new SessionMessage.SessionRelays(sid, deviceKey.publicKey(), List.of("r2", "r1"), List.of()));
        assertThat(ids(socket.sent(SessionMessage.SessionReserve.class).reserve()))
                .containsExactly("r2", "r1");
    }

    /** They are believed when they tell what they have forwarded of it. */
    private List<String> given(SessionId sid) {
        return domain.sql
                .in(sample.id)
                .statement("select g.relay from session_relay g join remote_session s on s.sid = g.sid"
                        + " where s.domain_id = :domain and s.sid = :sid order by g.relay")
                .set("sid", sid.hex())
                .list(row -> row.text(1));
    }

    @Test
    void itIsKeptForWhichRelaysTheEndsHaveTokens() throws Exception {
        SessionId sid = opened();
        assertThat(given(sid)).isEmpty();
        running(sid);
        assertThat(given(sid)).containsExactly("r1", "r2");
        domain.sql
                .acrossDomains()
                .statement("delete from session_relay where sid = :sid")
                .set("sid", sid.hex())
                .update();
        ask(owner, sid, List.of("r2"), OptionalLong.empty());
        assertThat(given(sid)).containsExactly("r1");
        socket.receive(new SessionMessage.SessionRelays(sid, deviceKey.publicKey(), List.of(), List.of("r1")));
        assertThat(given(sid)).containsExactly("r1", "r2");
    }

    /** Until its next heartbeat a relay has not said what it was given. */
    @Test
    void sessionsCountAtTheirRelayBeforeItTellsOfThem() throws Exception {
        TestRelayHost near = new TestRelayHost(domain, "r2");
        near.load = new RelayLoad(2, 0, 0, 0, false);
        near.approved();
        List<String> chosen = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            chosen.add(running(opened()).relay().id());
        }
        assertThat(chosen).containsExactly("r2", "r2", "r1");
        near.approved();
        assertThat(running(opened()).relay().id()).as("they have ended").isEqualTo("r2");
    }

    @Test
    void struckRelaysAreLeftOutAndTheDeviceHearsOfALoss() throws Exception {
        SessionId sid = opened();
        running(sid);
        List<ReserveRelay> reserve = ask(owner, sid, List.of("r2"), OptionalLong.of(3));
        assertThat(ids(reserve)).containsExactly("r1");
        verified(reserve.get(0));
        SessionMessage.SessionLost lost = socket.sent(SessionMessage.SessionLost.class);
        assertThat(lost).isEqualTo(new SessionMessage.SessionLost(sid, 3, List.of("r2")));
        assertThat(ids(ask(owner, sid, List.of("r1", "r2"), OptionalLong.empty())))
                .as("none is left")
                .containsExactly("r2", "r1");
    }

    @Test
    void aClientCannotAskAllTheTime() throws Exception {
        SessionId sid = opened();
        running(sid);
        SessionId other = opened();
        running(other);
        for (int i = 0; i < ReserveRate.BURST; i++) {
            ask(owner, sid, List.of(), OptionalLong.empty());
        }
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> ask(owner, sid, List.of(), OptionalLong.of(0)))
                .satisfies(e -> {
                    assertThat(e.problem()).isEqualTo(Problem.TOO_MANY_REQUESTS);
                    assertThat(e.retryAfter()).contains(ReserveRate.EACH);
                });
        ask(owner, other, List.of(), OptionalLong.empty());
        domain.clock.advance(ReserveRate.EACH);
        ask(owner, sid, List.of(), OptionalLong.empty());
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> ask(owner, sid, List.of(), OptionalLong.empty()));
        domain.clock.advance(ReserveRate.EACH.multipliedBy(ReserveRate.BURST));
        for (int i = 0; i < ReserveRate.BURST; i++) {
            ask(owner, sid, List.of(), OptionalLong.empty());
        }
    }

    @Test
    void onlyForRunningSessionsOfTheCaller() throws Exception {
        SessionId sid = opened();
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> ask(owner, sid, List.of(), OptionalLong.empty()))
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.CONFLICT));
        running(sid);
        Caller other = sample.user("other");
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> ask(other, sid, List.of(), OptionalLong.empty()))
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.NOT_FOUND));
        domain.transactions.run(() -> sessions.end(
                owner, sid, new Ending("closed", Optional.empty(), OptionalLong.empty(), OptionalLong.empty())));
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> ask(owner, sid, List.of(), OptionalLong.of(0)))
                .satisfies(e -> {
                    assertThat(e.problem()).isEqualTo(Problem.SESSION_ENDED);
                    assertThat(e.detail()).endsWith("(closed).");
                });
        socket.receive(new SessionMessage.SessionRelays(sid, deviceKey.publicKey(), List.of(), List.of()));
        assertThat(socket.sent(SessionMessage.SessionEnd.class).reason()).isEqualTo("closed");
    }
}
