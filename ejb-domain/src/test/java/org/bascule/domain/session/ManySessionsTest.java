package org.bascule.domain.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.contract.Contract;
import org.bascule.domain.contract.Contracts;
import org.bascule.domain.contract.Qualification;
import org.bascule.domain.contract.Qualifications;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.bascule.domain.token.SignIns;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.SessionMessage;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.SessionRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Requirement ACL-4 with 1,000 running sessions of 25 people on 20 devices, in a domain that demands a contract and a qualification: 5 s.
 */
class ManySessionsTest {

    private static final int SESSIONS = 1_000;
    private static final int PEOPLE = 25;
    private static final int DEVICES = 20;
    private static final Duration REACHES_SESSIONS = Duration.ofSeconds(5);

    private final TestDomain domain = new TestDomain().started();
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final RightsWatch watch = domain.get(RightsWatch.class);
    private final List<TestAgent> agents = new ArrayList<>();
    private final List<TestAgent.Socket> sockets = new ArrayList<>();
    private final List<Caller> people = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private String group;

    @BeforeEach
    void fill() throws RefusedException {
        for (int i = 0; i < DEVICES; i++) {
            TestAgent agent = TestAgent.enrolled(domain, owner, sample.root);
            agents.add(agent);
            sockets.add(agent.online());
        }
        domain.transactions.inNew(() -> domain.get(Contracts.class)
                .put(
                        owner,
                        sample.root,
                        domain.get(Contracts.class).read(owner, sample.root).revision(),
                        new Contract("C-1", "", null, null, "", true, List.of("Electrician"))));
        for (int i = 0; i < PEOPLE; i++) {
            people.add(signedIn(sample.user("engineer " + i)));
        }
        group = sample.group(people.stream().map(Caller::userId).toArray(String[]::new));
        sample.entry(sample.root, group, Permission.SEE_RESOURCES, Effect.ALLOW);
        sample.entry(sample.root, group, Permission.TERMINAL, Effect.ALLOW);
        copies(running(people.get(0)));
        watch.sweep();
        assertThat(states()).isEqualTo(Map.of("running", (long) SESSIONS));
    }

    private Caller signedIn(Caller person) throws RefusedException {
        String id = domain.transactions
                .inNew(() -> domain.get(SignIns.class)
                        .present(
                                sample.id,
                                person.userId(),
                                new SignIns.Presented(
                                        SignIns.Client.BROWSER,
                                        person.userId(),
                                        domain.clock.instant(),
                                        "192.0.2.9",
                                        null,
                                        Duration.ofHours(1),
                                        domain.clock.instant().plus(Duration.ofHours(10)))))
                .orElseThrow();
        domain.transactions.inNew(() -> domain.get(Qualifications.class)
                .put(
                        owner,
                        person.userId(),
                        domain.get(Qualifications.class)
                                .read(owner, person.userId())
                                .revision(),
                        List.of(new Qualification("Electrician", null))));
        return person.by(new Credential(id, null, null));
    }

    private SessionId running(Caller person) throws RefusedException {
        SessionId sid = domain.transactions
                .inNew(() -> domain.get(Sessions.class)
                        .open(
                                person,
                                new SessionRequest(agents.get(0).uid(), Operations.of("terminal"), Optional.empty()),
                                ClientKind.BROWSER))
                .sid();
        domain.get(Sessions.class)
                .handshake(
                        person,
                        sid,
                        new HandshakeRequest(
                                new byte[] {1}, RelayProofKey.generate().publicKey(), Map.of()),
                        ClientKind.BROWSER);
        sockets.get(0)
                .receive(new SessionMessage.SessionAnswer(
                        sid, new byte[] {2}, RelayProofKey.generate().publicKey(), Map.of()));
        return sid;
    }

    /** The others are as this one: each person on each device, the last person alone in the last session that is looked at. */
    private void copies(SessionId of) {
        domain.transactions.run(() -> IntStream.range(1, SESSIONS).forEach(n -> {
            boolean last = n == SESSIONS - 1;
            Caller person = people.get(last ? PEOPLE - 1 : n % (PEOPLE - 1));
            domain.sql
                    .in(sample.id)
                    .statement(
                            """
                            insert into remote_session (sid, domain_id, device_id, device_name, user_id, user_name, operations, account, reason, state,
                              acr, auth_time, cnf, ticket_seq, renewed, lease_expires, session_expires, relay, created, started, client_address, credential_id)
                            select :copy, domain_id, :device, device_name, :user, user_name, operations, account, reason, state,
                              acr, auth_time, cnf, ticket_seq, renewed, lease_expires, session_expires, relay, created, started, client_address, :credential
                            from remote_session where domain_id = :domain and sid = :sid""")
                    .set("sid", of.hex())
                    .set("copy", last ? "f".repeat(32) : "f000%028x".formatted(n))
                    .set("device", agents.get(n % DEVICES).uid())
                    .set("user", person.userId())
                    .set(
                            "credential",
                            Objects.requireNonNull(person.credential().id()))
                    .update();
        }));
    }

    private Map<String, Long> states() {
        Map<String, Long> states = new HashMap<>();
        domain.sql
                .in(sample.id)
                .statement("select state, count(*) from remote_session where domain_id = :domain group by state")
                .list(row -> states.put(row.text(1), row.number(2)));
        return states;
    }

    private Duration swept() {
        long start = System.nanoTime();
        watch.sweep();
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Test
    void theLastSessionEndsInTimeAndTheOthersAreLeftAlone() {
        sample.entry(sample.root, people.get(PEOPLE - 1).userId(), Permission.TERMINAL, Effect.DENY);
        assertThat(swept()).isLessThan(REACHES_SESSIONS);
        assertThat(states()).isEqualTo(Map.of("running", SESSIONS - 1L, "ended", 1L));
        assertThat(domain.get(SessionStore.class)
                        .endReason(agents.get((SESSIONS - 1) % DEVICES).uid(), new SessionId("f".repeat(32))))
                .contains("not-permitted");
        assertThat(sockets)
                .as("nobody else's ticket is replaced before its time")
                .noneMatch(socket -> socket.has(SessionMessage.SessionUpdate.class));
    }
}
