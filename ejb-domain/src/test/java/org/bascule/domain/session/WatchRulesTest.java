package org.bascule.domain.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.audit.AuditFilter;
import org.bascule.domain.audit.AuditReader;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.DeviceEvent;
import org.bascule.wire.control.LoggedAction;
import org.bascule.wire.control.ReportMessage;
import org.bascule.wire.control.SessionMessage;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.SessionRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may watch what, and what devices say of it and of the full log. */
class WatchRulesTest {

    private final TestDomain domain = new TestDomain().started();
    private final Sessions sessions = domain.get(Sessions.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final Caller engineer = sample.user("engineer");

    @SuppressWarnings("NullAway.Init")
    private TestAgent agent;

    @SuppressWarnings("NullAway.Init")
    private TestAgent.Socket socket;

    private long number;

    @BeforeEach
    void start() throws RefusedException {
        agent = TestAgent.enrolled(domain, owner, sample.root);
        socket = agent.online();
        sample.entry(sample.root, engineer.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        sample.entry(sample.root, engineer.userId(), Permission.TERMINAL, Effect.ALLOW);
    }

    private SessionId open(Caller caller, Operations operations) throws RefusedException {
        return domain.transactions
                .inNew(() -> sessions.open(
                        caller, new SessionRequest(agent.uid(), operations, Optional.empty()), ClientKind.BROWSER))
                .sid();
    }

    private SessionId running(Caller caller, Operations operations) throws RefusedException {
        SessionId sid = open(caller, operations);
        handshake(caller, sid);
        socket.receive(new SessionMessage.SessionAnswer(
                sid, new byte[] {4}, RelayProofKey.generate().publicKey(), Map.of()));
        return sid;
    }

    private void handshake(Caller caller, SessionId sid) throws RefusedException {
        sessions.handshake(
                caller,
                sid,
                new HandshakeRequest(
                        new byte[] {1, 2, 3}, RelayProofKey.generate().publicKey(), Map.of()),
                ClientKind.BROWSER);
    }

    private void end(SessionId sid) throws RefusedException {
        domain.transactions.run(() -> sessions.end(
                owner,
                sid,
                new Ending("ended-by-administrator", Optional.empty(), OptionalLong.empty(), OptionalLong.empty())));
    }

    private static Operations watch(SessionId sid) {
        return Operations.of(Operations.watch(sid));
    }

    private void refused(Problem problem, Caller caller, Operations operations) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> open(caller, operations))
                .matches(e -> e.problem() == problem, problem.toString());
    }

    @Test
    void whoMayWatchWatchesARunningSessionOfSomebodyElse() throws Exception {
        SessionId watched = running(engineer, Operations.of("terminal"));
        SessionId watching = running(owner, watch(watched));
        assertThat(socket.sent(SessionMessage.SessionOffer.class)).isNotNull();
        assertThat(sessions.live(owner, null, Cursor.first(10)).items())
                .extracting(SessionView::sid)
                .containsExactlyInAnyOrder(watched.hex(), watching.hex());
    }

    @Test
    void nobodyElseDoesNorAnythingElse() throws Exception {
        SessionId watched = running(engineer, Operations.of("terminal"));
        Caller other = sample.user("other");
        sample.entry(sample.root, other.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        sample.entry(sample.root, other.userId(), Permission.TERMINAL, Effect.ALLOW);
        refused(Problem.FORBIDDEN, other, watch(watched));
        refused(Problem.INVALID, owner, Operations.of("terminal", Operations.watch(watched)));
        refused(Problem.INVALID, owner, Operations.of("watch"));
        refused(Problem.INVALID, owner, Operations.of("watch:" + "x".repeat(32)));
        refused(Problem.CONFLICT, owner, watch(SessionId.random()));
        sample.entry(sample.root, engineer.userId(), Permission.WATCH_SESSIONS, Effect.ALLOW);
        refused(Problem.CONFLICT, engineer, watch(watched));
        end(watched);
        refused(Problem.CONFLICT, owner, watch(watched));
    }

    @Test
    void whatHasEndedSinceIsNotWatched() throws Exception {
        SessionId watched = running(engineer, Operations.of("terminal"));
        SessionId watching = open(owner, watch(watched));
        end(watched);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> handshake(owner, watching))
                .matches(e -> e.problem() == Problem.CONFLICT);
    }

    @Test
    void watchingEndsWithThePermissionAndWithWhatIsWatched() throws Exception {
        sample.entry(sample.root, engineer.userId(), Permission.WATCH_SESSIONS, Effect.ALLOW);
        SessionId watched = running(owner, Operations.of("terminal"));
        SessionId watching = running(engineer, watch(watched));
        domain.transactions.run(() -> {
            domain.sql
                    .in(sample.id)
                    .statement("delete from acl_entry where domain_id = :domain and principal_id = :user"
                            + " and permission = 'watch-sessions'")
                    .set("user", engineer.userId())
                    .update();
            domain.get(RightsVersion.class).changed(sample.id);
        });
        domain.get(RightsWatch.class).sweep();
        assertThat(state(watching)).isEqualTo("ended not-permitted");
        assertThat(state(watched)).isEqualTo("running ");

        sample.entry(sample.root, engineer.userId(), Permission.WATCH_SESSIONS, Effect.ALLOW);
        SessionId again = running(engineer, watch(watched));
        end(watched);
        domain.get(Leases.class).recheck(sample.id);
        assertThat(state(again)).isEqualTo("ended watched-ended");
    }

    /** Both are judged by what was so before. */
    @Test
    void watchingEndsWithASessionThatLosesItsRights() throws Exception {
        SessionId watched = running(engineer, Operations.of("terminal"));
        SessionId watching = running(owner, watch(watched));
        RightsWatch watch = domain.get(RightsWatch.class);
        watch.sweep();
        domain.transactions.run(() -> sample.entry(agent.uid(), engineer.userId(), Permission.TERMINAL, Effect.DENY));
        watch.sweep();
        assertThat(state(watched)).isEqualTo("ended not-permitted");
        watch.sweep();
        assertThat(state(watching)).isEqualTo("ended watched-ended");
    }

    private String state(SessionId sid) {
        return domain.sql
                .in(sample.id)
                .statement("select concat(state, ' ', coalesce(end_reason, '')) from remote_session"
                        + " where domain_id = :domain and sid = :sid")
                .set("sid", sid.hex())
                .first(row -> row.text(1))
                .orElse("");
    }

    private void report(String code, SessionId sid, String detail) {
        report(number++, code, sid, detail);
    }

    private void report(long at, String code, SessionId sid, String detail) {
        Instant now = domain.clock.instant();
        socket.receive(new ReportMessage.Events(at, List.of(new DeviceEvent(now, code, Optional.of(sid), detail, 1))));
    }

    private List<AuditEntry> ofSession(SessionId sid) throws RefusedException {
        AuditFilter filter = new AuditFilter(null, null, null, null, null, null, null, sid.hex());
        return domain.get(AuditReader.class)
                .slice(sample.id, filter, Cursor.first(50))
                .items();
    }

    @Test
    void theFullLogIsInTheAuditLogOnceWithItsFieldsAndWhoseSessionItIs() throws Exception {
        SessionId sid = running(engineer, Operations.of("terminal"));
        String detail =
                "{\"direction\":\"from-device\",\"path\":\"/etc/<b>\\n\",\"size\":12,\"sha256\":\"ab\",\"other\":1}";
        report("log.file", sid, detail);
        report(0, "log.file", sid, detail);
        assertThat(sample.audited("session.file")).singleElement().satisfies(row -> {
            assertThat(row.userId()).isEqualTo(engineer.userId());
            assertThat(row.resourceId()).isEqualTo(agent.uid());
            assertThat(row.sid()).isEqualTo(sid.hex());
            assertThat(row.detail()).isEqualTo("direction from-device, path /etc/<b>\n, size 12, sha256 ab");
            assertThat(row.changes())
                    .contains("\"size\":{\"before\":null,\"after\":\"12\"}")
                    .doesNotContain("other");
        });
        report("watching-started", sid, "Bo");
        assertThat(sample.audited("session.watch")).singleElement().satisfies(row -> assertThat(row.detail())
                .isEqualTo("Bo"));
        assertThat(ofSession(sid))
                .extracting(AuditEntry::code)
                .containsExactlyInAnyOrder("session.start", "session.file", "session.watch");
        assertThat(ofSession(SessionId.random())).isEmpty();
    }

    /** With what devices send. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "log.tool-started | session.tool-start | tool=desktop; account=root",
                "log.tool-ended | session.tool-end | tool=desktop",
                "log.process-started | session.process-start | command=sleep 9; account=root",
                "log.process-ended | session.process-end | command=sleep 9; pid=17; exit=signal 9",
                "log.process-killed | session.process-kill | pid=17; signal=9; command=sleep 9",
                "log.file | session.file | direction=to-device; path=/tmp/x; size=12; sha256=ab",
                "log.forward | session.forward | host=192.0.2.1; port=80; bytesIn=5; bytesOut=6",
                "log.clipboard | session.clipboard | direction=from-device; length=40",
                "log.chat | session.chat | direction=to-device; length=41; who=Ada"
            })
    void eachActionHasItsCodeAndTellsAllOfItsFields(String event, String code, String told) throws Exception {
        SessionId sid = running(engineer, Operations.of("terminal"));
        Map<String, String> fields = new LinkedHashMap<>();
        for (String field : told.split("; ", -1)) {
            fields.put(field.split("=", -1)[0], field.split("=", -1)[1]);
        }
        assertThat(LoggedAction.ofCode(event).orElseThrow().fields())
                .as("what the device may say")
                .containsAll(fields.keySet());
        report(event, sid, json(fields));
        assertThat(sample.audited(code)).singleElement().satisfies(row -> {
            assertThat(row.outcome()).isEqualTo("success");
            assertThat(row.userId()).isEqualTo(engineer.userId());
            assertThat(row.resourceId()).isEqualTo(agent.uid());
            assertThat(row.sid()).isEqualTo(sid.hex());
            assertThat(row.detail())
                    .isEqualTo(fields.entrySet().stream()
                            .map(field -> field.getKey() + " " + field.getValue())
                            .collect(Collectors.joining(", ")));
            assertThat(row.changes())
                    .isEqualTo(fields.entrySet().stream()
                            .map(field -> "\"%s\":{\"before\":null,\"after\":\"%s\"}"
                                    .formatted(field.getKey(), field.getValue()))
                            .collect(Collectors.joining(",", "{", "}")));
        });
    }

    /** Numbers where devices send numbers. */
    private static String json(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> "\"%s\":%s"
                        .formatted(
                                field.getKey(),
                                field.getValue().matches("[0-9]+") ? field.getValue() : "\"" + field.getValue() + "\""))
                .collect(Collectors.joining(",", "{", "}"));
    }

    @Test
    void theEndOfWatchingIsInTheLogOfTheSession() throws Exception {
        SessionId sid = running(engineer, Operations.of("terminal"));
        report("watching-ended", sid, "Bo");
        assertThat(sample.audited("session.watch-end")).singleElement().satisfies(row -> {
            assertThat(row.outcome()).isEqualTo("success");
            assertThat(row.resourceId()).isEqualTo(agent.uid());
            assertThat(row.sid()).isEqualTo(sid.hex());
            assertThat(row.detail()).isEqualTo("Bo");
            assertThat(row.changes()).isEqualTo("{\"watcher\":{\"before\":null,\"after\":\"Bo\"}}");
        });
    }

    @Test
    void aSessionOfAnotherDeviceIsNobodysAndWhatIsNotUnderstoodIsAReport() throws Exception {
        SessionId sid = running(engineer, Operations.of("terminal"));
        report("log.tool-started", SessionId.random(), "{\"tool\":\"terminal\"}");
        assertThat(sample.audited("session.tool-start")).singleElement().satisfies(row -> assertThat(row.userId())
                .isNull());
        report("log.file", sid, "no JSON");
        report("log.unheard-of", sid, "{}");
        assertThat(sample.audited("session.file")).isEmpty();
        assertThat(sample.audited("device.report"))
                .extracting(AuditEntry::detail)
                .contains("log.file: no JSON", "log.unheard-of: {}");
    }
}
