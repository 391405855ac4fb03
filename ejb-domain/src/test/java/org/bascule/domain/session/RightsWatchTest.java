package org.bascule.domain.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Entries;
import org.bascule.domain.acl.Entry;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.acl.Validity;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.Operations;
import org.bascule.wire.control.SessionMessage;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.session.HandshakeAnswer;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.SessionOpened;
import org.bascule.wire.session.SessionRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rights that are lost reach running sessions: the sweep runs every second. */
class RightsWatchTest {

    private final TestDomain domain = new TestDomain().started();
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final Caller engineer = sample.user("engineer");
    private final RightsWatch watch = domain.get(RightsWatch.class);

    @SuppressWarnings("NullAway.Init")
    private TestAgent.Socket socket;

    @SuppressWarnings("NullAway.Init")
    private TestAgent agent;

    @BeforeEach
    void start() throws RefusedException {
        agent = TestAgent.enrolled(domain, owner, sample.root);
        socket = agent.online();
        sample.entry(sample.root, engineer.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
    }

    private SessionOpened run() throws RefusedException {
        SessionOpened opened = domain.transactions.inNew(() -> domain.get(Sessions.class)
                .open(
                        engineer,
                        new SessionRequest(agent.uid(), Operations.of("terminal"), Optional.empty()),
                        ClientKind.BROWSER));
        CompletableFuture<HandshakeAnswer> answer = domain.get(Sessions.class)
                .handshake(
                        engineer,
                        opened.sid(),
                        new HandshakeRequest(
                                new byte[] {1}, RelayProofKey.generate().publicKey(), Map.of("r1", 5L)),
                        ClientKind.BROWSER);
        socket.receive(new SessionMessage.SessionAnswer(
                opened.sid(), new byte[] {2}, RelayProofKey.generate().publicKey(), Map.of("r1", 5L)));
        assertThat(answer).isCompleted();
        watch.sweep();
        assertThat(socket.has(SessionMessage.SessionEnd.class)).isFalse();
        return opened;
    }

    private void grant(Validity validity) {
        domain.get(Entries.class)
                .add(
                        sample.id,
                        sample.root,
                        engineer.userId(),
                        Permission.TERMINAL,
                        Effect.ALLOW,
                        validity,
                        false,
                        Entry.Origin.ENTRY);
    }

    private void assertEnded(SessionOpened opened) {
        assertThat(socket.sent(SessionMessage.SessionEnd.class))
                .isEqualTo(new SessionMessage.SessionEnd(opened.sid(), "not-permitted"));
        assertThat(sample.audited("session.end")).first().matches(row -> String.valueOf(row.detail())
                .startsWith("not-permitted"));
    }

    /** Such as by somebody who wrote into the table. */
    @ParameterizedTest
    @ValueSource(strings = {"operations = 'terminal,exec'", "cnf = null", "session_expires = null"})
    void brokenRowEndsAloneAndTheOthersAreCheckedAgain(String damage) throws Exception {
        grant(Validity.ALWAYS);
        SessionOpened broken = run();
        SessionOpened opened = run();
        assertThat(domain.sql
                        .in(sample.id)
                        .statement("update remote_session set " + damage + " where domain_id = :domain and sid = :sid")
                        .set("sid", broken.sid().hex())
                        .update())
                .isEqualTo(1);
        domain.transactions.run(() -> {
            domain.sql
                    .in(sample.id)
                    .statement("delete from acl_entry where domain_id = :domain and permission = 'terminal'")
                    .update();
            domain.get(RightsVersion.class).changed(sample.id);
        });
        watch.sweep();
        assertThat(state(broken)).isEqualTo("ended interrupted");
        assertThat(state(opened)).isEqualTo("ended not-permitted");
        assertThat(sample.audited("session.end"))
                .extracting(row -> String.valueOf(row.detail()).replaceFirst(";.*", ""))
                .containsExactlyInAnyOrder("interrupted", "not-permitted");
    }

    private String state(SessionOpened session) {
        return domain.sql
                .in(sample.id)
                .statement("select concat(state, ' ', coalesce(end_reason, '')) from remote_session"
                        + " where domain_id = :domain and sid = :sid")
                .set("sid", session.sid().hex())
                .first(row -> row.text(1))
                .orElseThrow();
    }

    @Test
    void revokedEntryEndsTheSessionWithTheNextSweep() throws Exception {
        grant(Validity.ALWAYS);
        SessionOpened opened = run();
        domain.transactions.run(() -> sample.entry(agent.uid(), engineer.userId(), Permission.TERMINAL, Effect.DENY));
        watch.sweep();
        assertEnded(opened);
    }

    @Test
    void changeByAnotherNodeEndsTheSession() throws Exception {
        grant(Validity.ALWAYS);
        SessionOpened opened = run();
        domain.restarted()
                .get(Entries.class)
                .add(sample.id, agent.uid(), engineer.userId(), Permission.TERMINAL, Effect.DENY);
        watch.sweep();
        assertEnded(opened);
    }

    @Test
    void nodeThatStartsAppliesWhatWasChangedBefore() throws Exception {
        grant(Validity.ALWAYS);
        run();
        sample.entry(agent.uid(), engineer.userId(), Permission.TERMINAL, Effect.DENY);
        TestDomain started = domain.restarted();
        started.get(RightsWatch.class).sweep();
        assertThat(started.get(Sessions.class)
                        .live(engineer, null, Cursor.first(50))
                        .items())
                .isEmpty();
    }

    @Test
    void moveByAnotherNodeEndsTheSession() throws Exception {
        String folder = sample.folder(sample.root, "closed");
        sample.entry(folder, engineer.userId(), Permission.TERMINAL, Effect.DENY);
        grant(Validity.ALWAYS);
        SessionOpened opened = run();
        TestDomain other = domain.restarted();
        other.sql
                .in(sample.id)
                .statement("update resource set parent_id = :folder where domain_id = :domain and id = :id")
                .set("folder", folder)
                .set("id", agent.uid())
                .update();
        other.get(RightsVersion.class).moved(sample.id, agent.uid());
        watch.sweep();
        assertEnded(opened);
    }

    @Test
    void entryThatExpiresEndsTheSession() throws Exception {
        grant(new Validity(null, domain.clock.instant().plusSeconds(30), null));
        SessionOpened opened = run();
        domain.clock.advance(Duration.ofSeconds(29));
        watch.sweep();
        assertThat(socket.has(SessionMessage.SessionEnd.class)).isFalse();
        domain.clock.advance(Duration.ofSeconds(1));
        watch.sweep();
        assertEnded(opened);
    }

    @Test
    void sessionsThatLoseNothingGoOn() throws Exception {
        grant(Validity.ALWAYS);
        run();
        domain.transactions.run(() -> sample.entry(sample.root, owner.userId(), Permission.TERMINAL, Effect.DENY));
        watch.sweep();
        assertThat(socket.has(SessionMessage.SessionEnd.class)).isFalse();
        assertThat(domain.get(Sessions.class)
                        .live(engineer, null, Cursor.first(50))
                        .items())
                .hasSize(1);
    }

    @Test
    void whatASessionsEndWouldBeIsKnownBefore() throws Exception {
        grant(Validity.ALWAYS);
        run();
        Leases leases = domain.get(Leases.class);
        assertThat(leases.ending(sample.id, (user, permission, device) -> true)).isZero();
        assertThat(leases.ending(sample.id, (user, permission, device) -> !user.equals(engineer.userId())))
                .isEqualTo(1);
    }
}
