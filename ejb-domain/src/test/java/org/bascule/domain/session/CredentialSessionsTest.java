package org.bascule.domain.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.bascule.domain.token.ApiTokenCreated;
import org.bascule.domain.token.ApiTokens;
import org.bascule.domain.token.SignIns;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.SessionMessage;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.SessionRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Remote sessions end with the sign-in or the API token that they were opened with, and a token reaches no further in a session than elsewhere. */
class CredentialSessionsTest {

    private final TestDomain domain = new TestDomain().started();
    private final Sessions sessions = domain.get(Sessions.class);
    private final SignIns signIns = domain.get(SignIns.class);
    private final ApiTokens tokens = domain.get(ApiTokens.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final String plant = sample.folder(sample.root, "plant");
    private final String office = sample.folder(sample.root, "office");

    @SuppressWarnings("NullAway.Init")
    private TestAgent agent;

    @SuppressWarnings("NullAway.Init")
    private TestAgent.Socket socket;

    @BeforeEach
    void start() throws RefusedException {
        agent = TestAgent.enrolled(domain, owner, plant);
        socket = agent.online();
    }

    private Caller signedIn(String realmSession) {
        String id = domain.transactions
                .inNew(() -> signIns.present(
                        sample.id,
                        owner.userId(),
                        new SignIns.Presented(
                                SignIns.Client.BROWSER,
                                realmSession,
                                domain.clock.instant(),
                                "192.0.2.9",
                                null,
                                Duration.ofHours(1),
                                domain.clock.instant().plus(Duration.ofHours(10)))))
                .orElseThrow();
        return owner.by(new Credential(id, null, null));
    }

    private Caller withToken(String folder) throws RefusedException {
        ApiTokenCreated created = domain.transactions.inNew(() -> tokens.create(
                owner, "build", List.of("terminal", "see-resources"), List.of(folder), Duration.ofHours(1)));
        return owner.by(
                tokens.presented(created.secret(), "192.0.2.9").orElseThrow().credential());
    }

    private SessionId open(Caller caller) throws RefusedException {
        return domain.transactions
                .inNew(() -> sessions.open(
                        caller,
                        new SessionRequest(agent.uid(), Operations.of("terminal"), Optional.empty()),
                        ClientKind.NATIVE))
                .sid();
    }

    private SessionId running(Caller caller) throws RefusedException {
        SessionId sid = open(caller);
        sessions.handshake(
                caller,
                sid,
                new HandshakeRequest(new byte[] {1}, RelayProofKey.generate().publicKey(), Map.of()),
                ClientKind.NATIVE);
        socket.receive(new SessionMessage.SessionAnswer(
                sid, new byte[] {4}, RelayProofKey.generate().publicKey(), Map.of()));
        return sid;
    }

    private List<String> live(Caller caller) throws RefusedException {
        return sessions.live(caller, null, Cursor.first(50)).items().stream()
                .map(SessionView::sid)
                .toList();
    }

    @Test
    void sessionEndsWithItsSignInAndNoOtherDoes() throws RefusedException {
        Caller here = signedIn("s1");
        Caller there = signedIn("s2");
        SessionId ending = running(here);
        SessionId staying = running(there);
        SessionId waiting = open(signedIn("s3"));
        domain.transactions.run(() -> signIns.endedAtRealm(sample.id, "s1"));
        assertThat(socket.sent(SessionMessage.SessionEnd.class))
                .isEqualTo(new SessionMessage.SessionEnd(ending, "signed-out"));
        assertThat(live(there)).containsExactly(staying.hex());
        domain.transactions.run(() -> signIns.endedAtRealm(sample.id, "s3"));
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> sessions.handshake(
                        there,
                        waiting,
                        new HandshakeRequest(
                                new byte[] {1}, RelayProofKey.generate().publicKey(), Map.of()),
                        ClientKind.NATIVE))
                .matches(e -> e.problem() == Problem.CONFLICT);
        domain.get(Leases.class).recheck(sample.id);
        assertThat(live(there)).containsExactly(staying.hex());
    }

    @Test
    void sessionEndsWhenItsTokenIsRevokedOrExpires() throws RefusedException {
        Caller revoked = withToken(plant);
        Caller expiring = withToken(plant);
        SessionId first = running(revoked);
        SessionId second = running(expiring);
        domain.transactions.run(() -> tokens.revoke(
                owner,
                owner.userId(),
                Objects.requireNonNull(revoked.credential().id())));
        assertThat(socket.sent(SessionMessage.SessionEnd.class).sid()).isEqualTo(first);
        assertThat(live(owner)).containsExactly(second.hex());
        domain.clock.advance(Duration.ofHours(1));
        domain.get(Leases.class).recheck(sample.id);
        assertThat(live(owner)).isEmpty();
    }

    /** Made after it was looked when something comes in this domain. */
    @Test
    void sessionEndsAtOnceWhenItsTokenExpires() throws RefusedException {
        SessionId staying = running(signedIn("s1"));
        RightsWatch watch = domain.get(RightsWatch.class);
        watch.sweep();
        SessionId ending = running(withToken(plant));
        domain.clock.advance(Duration.ofHours(1).minusMillis(1));
        watch.sweep();
        assertThat(live(owner)).containsExactlyInAnyOrder(staying.hex(), ending.hex());
        domain.clock.advance(Duration.ofMillis(1));
        watch.sweep();
        assertThat(live(owner)).containsExactly(staying.hex());
        assertThat(socket.sent(SessionMessage.SessionEnd.class))
                .isEqualTo(new SessionMessage.SessionEnd(ending, "signed-out"));
    }

    @Test
    void sessionEndsAtOnceWhenItsCompanyHasNotVouchedForItsSignInAnyMore() throws RefusedException {
        Caller here = signedIn("s1");
        SessionId ending = running(here);
        SessionId staying = running(signedIn("s2"));
        RightsWatch watch = domain.get(RightsWatch.class);
        watch.sweep();
        domain.sql
                .in(sample.id)
                .statement("update sign_in set vouched_until = :at where domain_id = :domain and id = :id")
                .set("at", domain.clock.instant().plusSeconds(60))
                .set("id", here.credential().id())
                .update();
        domain.clock.advance(Duration.ofSeconds(59));
        watch.sweep();
        assertThat(live(owner)).containsExactlyInAnyOrder(staying.hex(), ending.hex());
        domain.clock.advance(Duration.ofSeconds(1));
        watch.sweep();
        assertThat(live(owner)).containsExactly(staying.hex());
    }

    @Test
    void sessionEndsWhenTheAccountOfItsUserIsSwitchedOffOrExpires() throws RefusedException {
        SessionId sid = running(signedIn("s1"));
        domain.sql
                .in(sample.id)
                .statement("update user_ref set expires = :at where domain_id = :domain and id = :id")
                .set("at", domain.clock.instant().plusSeconds(60))
                .set("id", owner.userId())
                .update();
        domain.get(RightsVersion.class).changed(sample.id);
        domain.get(Leases.class).recheck(sample.id);
        assertThat(live(owner)).containsExactly(sid.hex());
        domain.clock.advance(Duration.ofSeconds(60));
        domain.get(Leases.class).recheck(sample.id);
        assertThat(live(owner)).isEmpty();
    }

    @Test
    void tokenHasTheSessionsThatItOpenedAndNoOthers() throws RefusedException {
        SessionId persons = running(signedIn("s1"));
        Caller token = withToken(plant);
        SessionId own = running(token);
        assertThat(live(token)).containsExactly(own.hex());
        assertThat(live(owner)).containsExactlyInAnyOrder(own.hex(), persons.hex());
        assertThat(sessions.sees(owner, agent.uid(), owner.userId())).isTrue();
        assertThat(sessions.sees(token, agent.uid(), owner.userId())).isFalse();
        Ending ending = new Ending("closed", Optional.empty(), OptionalLong.empty(), OptionalLong.empty());
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> sessions.end(token, persons, ending))
                .matches(e -> e.problem() == Problem.FORBIDDEN);
        domain.transactions.run(() -> sessions.end(token, own, ending));
        assertThat(live(owner)).containsExactly(persons.hex());
    }

    @Test
    void tokenOpensNothingOutsideOfItsFoldersAndLosesWhatIsMovedOut() throws RefusedException {
        Caller elsewhere = withToken(office);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> open(elsewhere))
                .matches(e -> e.problem() == Problem.NOT_FOUND);
        Caller token = withToken(plant);
        SessionId sid = running(token);
        domain.get(Leases.class).recheck(sample.id);
        assertThat(live(token)).containsExactly(sid.hex());
        domain.sql
                .in(sample.id)
                .statement("delete from api_token_folder where domain_id = :domain and token_id = :id")
                .set("id", token.credential().id())
                .update();
        domain.get(Leases.class).recheck(sample.id);
        assertThat(socket.sent(SessionMessage.SessionEnd.class))
                .isEqualTo(new SessionMessage.SessionEnd(sid, "not-permitted"));
    }
}
