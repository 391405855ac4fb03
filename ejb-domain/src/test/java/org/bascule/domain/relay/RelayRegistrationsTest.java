package org.bascule.domain.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Entries;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.WireException;
import org.bascule.wire.registry.HeartbeatAnswer;
import org.bascule.wire.registry.HeartbeatAnswer.State;
import org.bascule.wire.registry.RelayHeartbeat;
import org.bascule.wire.registry.RelayList;
import org.bascule.wire.registry.RelayLoad;
import org.junit.jupiter.api.Test;

/** What relays, strangers and the operator may do. */
class RelayRegistrationsTest {

    private final TestDomain first = new TestDomain().started();
    private final Sample operators = new Sample(first);
    private final TestDomain domain = first.operatedBy(operators.name).started();
    private final Caller operator = operators.owner();
    private final RelayOperations operations = domain.get(RelayOperations.class);
    private final RelayDirectory directory = domain.get(RelayDirectory.class);
    private final TestRelayHost relay = new TestRelayHost(domain, "r9");

    @FunctionalInterface
    private interface Call {
        void run() throws Exception;
    }

    private static void refused(Problem problem, Call call) {
        assertThatThrownBy(call::run)
                .isInstanceOf(RefusedException.class)
                .extracting("problem")
                .isEqualTo(problem);
    }

    private void does(Call call) throws Exception {
        domain.transactions.run(call::run);
    }

    private List<String> live() {
        domain.clock.advance(RelayDirectory.KEPT);
        return directory.candidates().stream().map(LiveRelay::id).toList();
    }

    private String words(String id) throws RefusedException {
        return Objects.requireNonNull(view(id).known()).words();
    }

    private RelayView view(String id) throws RefusedException {
        return operations.list(operator, Cursor.first(200)).items().stream()
                .filter(view -> view.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aRelayIsUsedOnceTheOperatorHasApprovedIt() throws Exception {
        assertThat(relay.beat()).isEqualTo(new HeartbeatAnswer(State.PENDING, false));
        assertThat(live()).containsExactly("r1", "r2");
        assertThat(view("r9").known())
                .satisfies(known -> assertThat(known.words().split(" ")).hasSize(8));
        refused(Problem.CONFLICT, () -> operations.approve(operator, "r9", "of another key"));
        assertThat(live()).containsExactly("r1", "r2");
        does(() -> operations.approve(operator, "r9", words("r9")));
        assertThat(live()).containsExactly("r1", "r2", "r9");
        assertThat(relay.beat()).isEqualTo(new HeartbeatAnswer(State.APPROVED, false));
        does(() -> operations.refuse(operator, "r9"));
        assertThat(live()).containsExactly("r1", "r2");
        assertThat(relay.beat().state()).isEqualTo(State.REFUSED);
        does(() -> operations.remove(operator, "r9"));
        assertThat(relay.beat().state()).isEqualTo(State.PENDING);
        assertThat(operators.audited("relay.approve")).singleElement().satisfies(row -> {
            assertThat(row.detail()).isEqualTo("r9 (Relay r9)");
            assertThat(row.changes()).contains("approved", "words");
        });
        assertThat(operators.audited("relay.request"))
                .hasSize(2)
                .extracting(AuditEntry::address)
                .containsOnly(TestRelayHost.ADDRESS);
        assertThat(operators.audited("relay.refuse")).hasSize(1);
        assertThat(operators.audited("relay.remove")).hasSize(1);
    }

    @Test
    void theOperatorEmptiesARelayAndTakesItBack() throws Exception {
        relay.approved();
        does(() -> operations.drain(operator, "r9", true));
        does(() -> operations.drain(operator, "r9", true));
        assertThat(relay.beat().drain()).isTrue();
        assertThat(live()).containsExactly("r1", "r2");
        does(() -> operations.drain(operator, "r9", false));
        assertThat(relay.beat().drain()).isFalse();
        assertThat(live()).contains("r9");
        assertThat(operators.audited("relay.drain")).hasSize(2);
    }

    /** It would be measured and chosen, and refuse every token. */
    @Test
    void aRelayWhoseClockIsWrongIsToldSoAndNotUsed() throws Exception {
        relay.approved();
        String signed = relay.signed();
        domain.clock.advance(RelayHeartbeat.SILENCE.plusSeconds(1));
        assertThatThrownBy(() -> relay.send(signed))
                .isInstanceOf(WireException.class)
                .hasMessage("the clock of the relay is 36 s behind that of the access server");
        assertThat(live()).containsExactly("r1", "r2");
    }

    @Test
    void whoIsSilentOrDrainsIsNotUsed() throws Exception {
        relay.approved();
        domain.clock.advance(Duration.ofSeconds(36));
        assertThat(live()).doesNotContain("r9");
        assertThat(view("r9").silent()).isTrue();
        relay.beat();
        assertThat(live()).contains("r9");
        relay.load = new RelayLoad(100, 1, 1, 0, true);
        relay.beat();
        assertThat(live()).doesNotContain("r9");
    }

    @Test
    void heartbeatsOfAConfiguredRelayCountOnceTheyAreApproved() throws Exception {
        TestRelayHost fixed = new TestRelayHost(domain, "r1");
        fixed.load = new RelayLoad(10, 10, 0, 0, true);
        fixed.beat();
        assertThat(live()).as("a stranger says nothing about it").containsExactly("r1", "r2");
        does(() -> operations.approve(operator, "r1", words("r1")));
        assertThat(live()).containsExactly("r2");
        fixed.load = new RelayLoad(10, 10, 0, 0, false);
        fixed.beat();
        assertThat(live()).containsExactly("r1", "r2");
        assertThat(directory.candidates().get(0))
                .satisfies(used -> assertThat(used.url()).isEqualTo("wss://r1.example/relay"))
                .satisfies(
                        used -> assertThat(used.nativeUrl()).as("as configured").isEqualTo("wss://r1.example/relay"))
                .satisfies(used -> assertThat(used.isFull()).isTrue());
        assertThat(view("r1").configured()).isTrue();
    }

    @Test
    void nobodyTakesTheIdOfAnotherAndNothingIsTakenTwice() throws Exception {
        String signed = relay.signed();
        relay.send(signed);
        refused(Problem.CONFLICT, () -> relay.send(signed));
        refused(Problem.CONFLICT, new TestRelayHost(domain, "r9")::beat);
        String late = relay.signed();
        domain.clock.advance(Duration.ofSeconds(61));
        assertThatThrownBy(() -> relay.send(late)).isInstanceOf(WireException.class);
        domain.clock.advance(Duration.ofSeconds(-61));
        assertThat(relay.send(late).state()).isEqualTo(State.PENDING);
        assertThatThrownBy(() -> relay.send("x")).isInstanceOf(WireException.class);
    }

    @Test
    void anApprovedRelayThatWantsOtherAddressesIsAStrangerAgain() throws Exception {
        relay.approved();
        assertThat(live()).contains("r9");
        relay.url = "wss://elsewhere.example/relay";
        assertThat(relay.beat().state()).isEqualTo(State.PENDING);
        assertThat(live()).doesNotContain("r9");
        assertThat(operators.audited("relay.request").get(0).changes()).contains("elsewhere");
    }

    /** Browsers never go where there is no TLS, agents only if the operator wants that; a policy holds for relays that were approved before, too. */
    @Test
    void aRelayWithoutTlsIsTakenIfThePolicySaysSo() throws Exception {
        relay.nativeUrl = "ws://r9.example/relay";
        refused(Problem.FORBIDDEN, relay::beat);
        assertThat(operations.list(operator, Cursor.first(50)).items())
                .extracting(RelayView::id)
                .containsExactly("r1", "r2");

        TestDomain permissive = domain.withPlainRelays().started();
        TestRelayHost plain = new TestRelayHost(permissive, "r9");
        plain.url = "ws://r9.example/relay";
        refused(Problem.FORBIDDEN, plain::beat);
        plain.url = "ws://localhost:8081/relay";
        plain.nativeUrl = "ws://r9.example/relay";
        assertThat(plain.beat().state()).isEqualTo(State.PENDING);
        refused(Problem.CONFLICT, () -> operations.approve(operator, "r9", words("r9")));
        permissive.transactions.run(() -> permissive.get(RelayOperations.class).approve(operator, "r9", words("r9")));
        assertThat(permissive.get(RelayDirectory.class).all())
                .extracting(LiveRelay::nativeUrl)
                .contains("ws://r9.example/relay");
        domain.clock.advance(RelayDirectory.KEPT);
        assertThat(directory.all()).extracting(LiveRelay::id).containsExactly("r1", "r2");
    }

    private TestRelayHost from(String id, String address) {
        TestRelayHost host = new TestRelayHost(domain, id);
        host.address = address;
        return host;
    }

    /** All places, five of them at one address, and all in one network. */
    private void fill() throws Exception {
        for (int i = 0; i < WaitingRelays.PLACES; i++) {
            domain.clock.advance(Duration.ofSeconds(1));
            from("one-" + i, "198.51.100." + (i < WaitingRelays.PER_ADDRESS ? 7 : 100 + i))
                    .beat();
        }
    }

    private List<String> waiting() throws RefusedException {
        return operations.list(operator, Cursor.first(100)).items().stream()
                .filter(view -> !view.configured())
                .map(RelayView::id)
                .toList();
    }

    @Test
    void strangersKeepNobodyOutButTheirNeighbours() throws Exception {
        fill();
        relay.address = "203.0.113.1";
        assertThat(relay.beat().state()).isEqualTo(State.PENDING);
        assertThat(waiting())
                .hasSize(WaitingRelays.PLACES)
                .contains("r9", "one-1")
                .doesNotContain("one-0");

        refused(Problem.TOO_MANY_REQUESTS, from("one-0", "198.51.100.7")::beat);
        from("beside", "198.51.100.8").beat();
        assertThat(waiting()).contains("r9", "beside", "one-2").doesNotContain("one-1");

        assertThat(relay.beat().state()).isEqualTo(State.PENDING);
        assertThat(operators.audited("relay.remove"))
                .extracting(AuditEntry::detail)
                .containsExactlyInAnyOrder("one-0 (Relay one-0)", "one-1 (Relay one-1)");
    }

    @Test
    void whoHasAllItMayHaveAtAnAddressGetsNoPlaceWhereThereAreFreeOnes() throws Exception {
        for (int i = 0; i < WaitingRelays.PER_ADDRESS; i++) {
            from("six-" + i, "2001:db8::" + (1 + i)).beat();
        }
        refused(Problem.TOO_MANY_REQUESTS, from("six-many", "2001:db8::99")::beat);
        from("elsewhere", "2001:db8:0:1::1").beat();
    }

    @Test
    void whoIsSilentForADayIsForgotten() throws Exception {
        fill();
        domain.clock.advance(Duration.ofHours(24).plusSeconds(1));
        assertThat(operations.list(operator, Cursor.first(50)).items())
                .extracting(RelayView::id)
                .containsExactly("r1", "r2");
        relay.beat();
        assertThat(domain.sql
                        .acrossDomains()
                        .statement("select count(*) from relay")
                        .number())
                .isOne();
        assertThat(operators.audited("relay.remove"))
                .hasSize(WaitingRelays.PLACES)
                .allSatisfy(row -> assertThat(row.userId()).isNull())
                .anySatisfy(row -> {
                    assertThat(row.detail()).isEqualTo("one-0 (Relay one-0)");
                    assertThat(row.changes())
                            .startsWith(
                                    "{\"state\":{\"before\":\"pending\",\"after\":null},\"url\":{\"before\":\"wss://");
                });
    }

    /** Those of the configuration stand between the others, and what they say of themselves comes with them. */
    @Test
    void pagesGoOnWhereTheLastOneEnded() throws Exception {
        for (String id : List.of("z", "r1", "r15", "a")) {
            new TestRelayHost(domain, id).approved();
        }
        for (int limit = 1; limit <= 6; limit++) {
            List<RelayView> all = new ArrayList<>();
            String next = "";
            while (next != null) {
                Slice<RelayView> page = operations.list(operator, Cursor.checked(next, 1, limit));
                assertThat(page.items()).hasSizeBetween(1, limit);
                all.addAll(page.items());
                next = page.next();
            }
            assertThat(all)
                    .as("pages of %d", limit)
                    .extracting(RelayView::id, RelayView::configured, view -> view.known() != null)
                    .containsExactly(
                            tuple("a", false, true),
                            tuple("r1", true, true),
                            tuple("r15", false, true),
                            tuple("r2", true, false),
                            tuple("z", false, true));
        }
    }

    @Test
    void noMoreAreApprovedThanAListHasRoomFor() throws Exception {
        for (int i = 2; i < RelayList.MAX_RELAYS; i++) {
            new TestRelayHost(domain, "relay-" + i).approved();
        }
        relay.beat();
        refused(Problem.CONFLICT, () -> operations.approve(operator, "r9", words("r9")));
        relay.approved();
        assertThat(domain.get(RelayLists.class).current().relays())
                .as("however it came to that")
                .hasSize(RelayList.MAX_RELAYS);
    }

    @Test
    void onlyTheOperatorSeesAndDecides() throws Exception {
        relay.beat();
        Caller owner = new Sample(domain).owner();
        Caller colleague = operators.user("colleague");
        for (Caller caller : List.of(owner, colleague)) {
            refused(Problem.NOT_FOUND, () -> operations.list(caller, Cursor.first(50)));
            refused(Problem.NOT_FOUND, () -> operations.approve(caller, "r9", words("r9")));
            refused(Problem.NOT_FOUND, () -> operations.refuse(caller, "r9"));
            refused(Problem.NOT_FOUND, () -> operations.remove(caller, "r9"));
            refused(Problem.NOT_FOUND, () -> operations.drain(caller, "r9", true));
        }
        does(() -> domain.get(Entries.class)
                .add(operators.id, operators.root, colleague.userId(), Permission.OPERATE_INSTALLATION, Effect.ALLOW));
        does(() -> operations.approve(colleague, "r9", words("r9")));
        assertThat(live()).contains("r9");
        refused(Problem.NOT_FOUND, () -> operations.approve(operator, "nowhere", "any"));
    }
}
