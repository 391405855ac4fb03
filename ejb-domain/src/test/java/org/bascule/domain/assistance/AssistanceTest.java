package org.bascule.domain.assistance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.directory.BulkChange;
import org.bascule.domain.directory.BulkChanges;
import org.bascule.domain.directory.DeviceAssistance;
import org.bascule.domain.directory.DeviceChange;
import org.bascule.domain.directory.DeviceQuery;
import org.bascule.domain.directory.DeviceSearch;
import org.bascule.domain.directory.DeviceView;
import org.bascule.domain.directory.Directory;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.options.DomainOptions;
import org.bascule.domain.options.Options;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.control.ReportMessage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AssistanceTest {

    private static final Duration EXPIRES = Duration.ofHours(24);

    private final TestDomain domain = new TestDomain().started();
    private final Assistance assistance = domain.get(Assistance.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private TestAgent agent;
    private TestAgent.Socket socket;

    @BeforeEach
    void online() throws Exception {
        agent = TestAgent.enrolled(domain, owner, sample.root);
        socket = agent.online();
        domain.transactions.run(() -> assistance.allow(owner, agent.uid(), 0, new DeviceAssistance(true, null)));
    }

    private ReportMessage.Assist request(String text) {
        return new ReportMessage.Assist(
                UUID.randomUUID().toString(),
                text,
                Optional.of("Ada"),
                Optional.empty(),
                Optional.of("ada@example.org"),
                domain.clock.instant());
    }

    private String answered(ReportMessage.Assist request) {
        socket.receive(request);
        ReportMessage.AssistState state = socket.sent(ReportMessage.AssistState.class);
        assertThat(state.id()).isEqualTo(request.id());
        return state.state() + (state.detail().isEmpty() ? "" : ": " + state.detail());
    }

    private List<AuditEntry> audited(String code) {
        return sample.audited(code);
    }

    @Test
    void switchingItIsTold() throws Exception {
        domain.live.clear();
        domain.transactions.run(() -> assistance.allow(owner, agent.uid(), 1, new DeviceAssistance(false, null)));
        assertThat(domain.live)
                .anyMatch(event -> event instanceof LiveEvent.DeviceChanged changed
                        && changed.uid().equals(agent.uid()));
    }

    private BulkChange many(DeviceAssistance wanted, String... devices) throws RefusedException {
        List<BulkChange.Item> items = new ArrayList<>();
        for (String device : devices) {
            items.add(new BulkChange.Item(device, device.equals(agent.uid()) ? 1 : 0));
        }
        return BulkChange.checked(items, BulkChange.Action.ASSISTANCE, null, List.of(), wanted);
    }

    /** By their names, oldest first. */
    private List<String> switched() {
        return domain.sql
                .in(sample.id)
                .statement("select concat(resource_name, ' ', outcome, ' ', changes) from bascule_audit.audit_event"
                        + " where domain_id = :domain and code = 'device.update' and resource_id <> :id order by id")
                .set("id", agent.uid())
                .list(row -> row.text(1));
    }

    @Test
    void itIsSwitchedOnManyDevicesAtOnce() throws Exception {
        String valve = sample.device(sample.root, "valve");
        String press = sample.device(sample.root, "press");
        String seen = sample.device(sample.root, "seen");
        Caller guest = sample.user("guest");
        for (String device : List.of(valve, press, seen)) {
            sample.entry(device, guest.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        }
        sample.entry(valve, guest.userId(), Permission.CONFIGURE_DEVICES, Effect.ALLOW);
        sample.entry(press, guest.userId(), Permission.CONFIGURE_DEVICES, Effect.ALLOW);
        BulkChanges bulk = domain.get(BulkChanges.class);
        DeviceAssistance today =
                new DeviceAssistance(true, domain.clock.instant().plus(EXPIRES).truncatedTo(ChronoUnit.MILLIS));
        domain.live.clear();
        BulkChange.Result result =
                domain.transactions.inNew(() -> bulk.change(guest, many(today, valve, agent.uid(), seen, press)));
        assertThat(result.done()).containsExactly(valve, press);
        assertThat(result.refused())
                .extracting(BulkChange.Refusal::problem)
                .containsExactly(Problem.NOT_FOUND, Problem.FORBIDDEN);
        assertThat(assistance.of(owner, valve)).isEqualTo(today);
        assertThat(assistance.of(owner, press)).isEqualTo(today);
        assertThat(assistance.of(owner, seen)).isEqualTo(DeviceAssistance.OFF);
        String changes = "{\"assistance\":{\"before\":\"false\",\"after\":\"true\"},"
                + "\"assistanceUntil\":{\"before\":null,\"after\":\"" + today.until() + "\"}}";
        assertThat(switched()).containsExactly("valve success " + changes, "press success " + changes);
        assertThat(domain.live)
                .filteredOn(LiveEvent.DeviceChanged.class::isInstance)
                .extracting(event -> ((LiveEvent.DeviceChanged) event).uid())
                .containsExactlyInAnyOrder(valve, press);
        BulkChange off = BulkChange.checked(
                List.of(new BulkChange.Item(valve, 1), new BulkChange.Item(seen, 0)),
                BulkChange.Action.ASSISTANCE,
                null,
                List.of(),
                new DeviceAssistance(false, today.until()));
        assertThat(domain.transactions.inNew(() -> bulk.change(owner, off)).done())
                .containsExactly(valve, seen);
        assertThat(assistance.of(owner, valve)).isEqualTo(DeviceAssistance.OFF);
        assertThat(switched())
                .as("where it was off nothing differs")
                .hasSize(3)
                .last()
                .satisfies(line -> assertThat(line)
                        .startsWith("valve success ")
                        .contains("\"after\":\"false\"", "{\"before\":\"" + today.until() + "\",\"after\":null}"));
    }

    @Test
    void anEndOfManyLiesInTheFutureAndInTheCalendar() {
        BulkChanges bulk = domain.get(BulkChanges.class);
        for (Instant wrong : List.of(domain.clock.instant(), Instant.MIN, Instant.MAX)) {
            refused(Problem.INVALID, () -> bulk.change(owner, many(new DeviceAssistance(true, wrong), agent.uid())));
            refused(Problem.INVALID, () -> assistance.allow(owner, agent.uid(), 1, new DeviceAssistance(true, wrong)));
        }
        List<BulkChange.Item> items = List.of(new BulkChange.Item(agent.uid(), 1));
        refused(Problem.INVALID, () -> BulkChange.checked(items, BulkChange.Action.ASSISTANCE, null, List.of(), null));
        refused(
                Problem.INVALID,
                () -> BulkChange.checked(items, BulkChange.Action.REMOVE, null, List.of(), DeviceAssistance.OFF));
    }

    private static void refused(Problem problem, Work work) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(work::run)
                .matches(e -> e.problem() == problem, problem.code());
    }

    @FunctionalInterface
    private interface Work {
        void run() throws RefusedException;
    }

    @Test
    void bothSidesSeeHowItGoesOn() throws Exception {
        ReportMessage.Assist request = request("The press is stuck");
        assertThat(answered(request)).isEqualTo("open");
        AssistanceView open = assistance
                .list(owner, AssistanceState.OPEN, Cursor.first(10))
                .items()
                .get(0);
        assertThat(open.text()).isEqualTo("The press is stuck");
        assertThat(open.contactEmail()).isEqualTo("ada@example.org");
        assertThat(open.deviceName()).isEqualTo("pump 7");

        domain.transactions.inNew(() -> assistance.take(owner, request.id()));
        assertThat(socket.sent(ReportMessage.AssistState.class))
                .isEqualTo(new ReportMessage.AssistState(request.id(), "taken", "owner"));
        refused(Problem.CONFLICT, () -> assistance.take(owner, request.id()));
        domain.transactions.inNew(() -> assistance.close(owner, request.id(), "belt changed"));
        assertThat(socket.sent(ReportMessage.AssistState.class))
                .isEqualTo(new ReportMessage.AssistState(request.id(), "closed", "belt changed"));
        refused(Problem.CONFLICT, () -> assistance.close(owner, request.id(), null));
        assertThat(domain.live.stream()
                        .filter(LiveEvent.AssistanceChanged.class::isInstance)
                        .map(event -> ((LiveEvent.AssistanceChanged) event).state()))
                .containsExactly("open", "taken", "closed");
        assertThat(audited("assistance.request")).singleElement().satisfies(row -> assertThat(row.changes())
                .isEqualTo("{\"state\":{\"before\":null,\"after\":\"open\"}}"));
        assertThat(audited("assistance.take")).hasSize(1);
        assertThat(audited("assistance.close")).hasSize(1);
        // sent again by an agent that missed it
        assertThat(answered(request)).isEqualTo("closed: belt changed");
    }

    private List<String> found(Caller caller, String search) throws RefusedException {
        DeviceQuery query =
                new DeviceQuery(null, DeviceSearch.parse(search), null, DeviceQuery.Order.NAME, Cursor.first(10));
        return domain.get(Directory.class).devices(caller, query).items().stream()
                .map(DeviceView::name)
                .toList();
    }

    private long waiting(Caller caller, String folder, String search) throws RefusedException {
        return domain.get(Directory.class)
                .counts(caller, folder, DeviceSearch.parse(search))
                .assistance();
    }

    @Test
    void devicesAtWhichSomebodyWaitsAreFoundAndCountedForWhoReceivesTheirRequests() throws Exception {
        String hall = sample.folder(sample.root, "hall");
        sample.device(hall, "press");
        Caller viewer = sample.user("viewer");
        sample.entry(sample.root, viewer.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        ReportMessage.Assist request = request("help");
        assertThat(answered(request)).isEqualTo("open");
        for (String state : List.of("open", "taken")) {
            assertThat(found(owner, "assistance")).as(state).containsExactly("pump 7");
            assertThat(found(owner, "-assistance")).as(state).containsExactly("press");
            assertThat(found(owner, "assistance press")).as(state).isEmpty();
            assertThat(waiting(owner, sample.root, "")).as(state).isEqualTo(1);
            assertThat(waiting(owner, sample.root, "-assistance")).as(state).isZero();
            assertThat(waiting(owner, hall, "")).as(state).isZero();
            assertThat(waiting(owner, sample.root, "pump")).as(state).isEqualTo(1);
            assertThat(found(viewer, "assistance")).as(state).isEmpty();
            assertThat(found(viewer, "-assistance")).as(state).containsExactly("press", "pump 7");
            assertThat(waiting(viewer, sample.root, "")).as(state).isZero();
            if (state.equals("open")) {
                domain.transactions.inNew(() -> assistance.take(owner, request.id()));
            }
        }
        domain.transactions.inNew(() -> assistance.close(owner, request.id(), null));
        assertThat(found(owner, "assistance")).isEmpty();
        assertThat(waiting(owner, sample.root, "")).isZero();
    }

    @Test
    void requestsOfOneDeviceAloneAreReceived() throws Exception {
        assertThat(answered(request("help"))).isEqualTo("open");
        Caller helper = sample.user("helper");
        sample.entry(sample.root, helper.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        sample.entry(agent.uid(), helper.userId(), Permission.RECEIVE_ASSISTANCE_REQUESTS, Effect.ALLOW);
        assertThat(found(helper, "assistance")).containsExactly("pump 7");
        assertThat(waiting(helper, sample.root, "")).isEqualTo(1);
    }

    @Test
    void optionAndOtherChangesOfADeviceAreOneChange() throws Exception {
        DeviceChange bad = new DeviceChange("", null);
        refused(
                Problem.INVALID,
                () -> domain.transactions.inNew(
                        () -> assistance.change(owner, agent.uid(), 1, bad, new DeviceAssistance(false, null))));
        assertThat(assistance.of(owner, agent.uid()).enabled()).isTrue();
        DeviceChange good = new DeviceChange("press", null);
        domain.transactions.inNew(
                () -> assistance.change(owner, agent.uid(), 1, good, new DeviceAssistance(false, null)));
        assertThat(assistance.of(owner, agent.uid()).enabled()).isFalse();
        assertThat(domain.get(Directory.class)
                        .device(owner, agent.uid())
                        .device()
                        .name())
                .isEqualTo("press");
        refused(
                Problem.PRECONDITION_FAILED,
                () -> domain.transactions.inNew(
                        () -> assistance.change(owner, agent.uid(), 1, good, new DeviceAssistance(true, null))));
    }

    @Test
    void sentTwiceIsOneRequestAndASecondOneWaitsForTheFirst() throws RefusedException {
        ReportMessage.Assist request = request("help");
        assertThat(answered(request)).isEqualTo("open");
        assertThat(answered(request)).isEqualTo("open");
        assertThat(answered(request("more help"))).isEqualTo("refused: already-open");
        assertThat(assistance.list(owner, null, Cursor.first(10)).items()).hasSize(1);
    }

    @Test
    void onlyWhereItIsSwitchedOnAndNoLongerThanItSays() throws Exception {
        domain.transactions.run(() -> assistance.allow(
                owner,
                agent.uid(),
                1,
                new DeviceAssistance(true, domain.clock.instant().plus(Duration.ofSeconds(20)))));
        refused(
                Problem.PRECONDITION_FAILED,
                () -> assistance.allow(owner, agent.uid(), 1, new DeviceAssistance(false, null)));
        domain.clock.advance(Duration.ofSeconds(20));
        assertThat(answered(request("late"))).isEqualTo("refused: disabled");
        assertThat(audited("assistance.request")).singleElement().satisfies(row -> assertThat(row.outcome())
                .isEqualTo("denied"));
        assertThat(audited("device.update")).first().satisfies(row -> assertThat(row.changes())
                .contains("assistanceUntil"));
    }

    @Test
    void domainDecidesWhichContactIsNeededAndWhetherThereIsHelpAtAll() throws Exception {
        Options options = domain.get(Options.class);
        var phone = new org.bascule.domain.options.Assistance(
                true, Set.of(org.bascule.domain.options.Assistance.ContactField.PHONE), 2);
        domain.transactions.inNew(() -> options.change(owner, 0, with(phone)));
        assertThat(answered(request("help"))).isEqualTo("refused: contact-phone");
        ReportMessage.Assist reachable = new ReportMessage.Assist(
                UUID.randomUUID().toString(),
                "help",
                Optional.empty(),
                Optional.of("+43 1 23"),
                Optional.empty(),
                domain.clock.instant());
        assertThat(answered(reachable)).isEqualTo("open");
        domain.clock.advance(Duration.ofHours(2));
        domain.transactions.run(assistance::expire);
        var off = new org.bascule.domain.options.Assistance(false, Set.of(), 2);
        domain.transactions.inNew(
                () -> options.change(owner, options.read(owner).revision(), with(off)));
        assertThat(answered(request("help"))).isEqualTo("refused: disabled");
    }

    private static DomainOptions with(org.bascule.domain.options.Assistance assistance) {
        return new DomainOptions(false, false, assistance, List.of(), null, 730);
    }

    @Test
    void hostileTextIsInert() throws RefusedException {
        assertThat(answered(request("\u001b]0;title\u0007\u202Eevil\n=cmd()\u0000<b>x</b>")))
                .isEqualTo("open");
        assertThat(assistance.list(owner, null, Cursor.first(1)).items().get(0).text())
                .isEqualTo("]0;title evil =cmd() <b>x</b>");
        assertThat(Assistance.cleaned("\ud83d\ude00".repeat(600), 1_001).length())
                .isEqualTo(1_000);
        assertThat(answered(new ReportMessage.Assist(
                        UUID.randomUUID().toString(),
                        "\u202E \n",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        domain.clock.instant())))
                .isEqualTo("refused: invalid");
    }

    @Test
    void idOfAnotherDeviceIsNotAnswered() throws Exception {
        ReportMessage.Assist request = request("mine");
        answered(request);
        TestAgent other = TestAgent.enrolled(domain, owner, sample.root);
        TestAgent.Socket theirs = other.online();
        domain.transactions.run(() -> assistance.allow(owner, other.uid(), 0, new DeviceAssistance(true, null)));
        theirs.receive(request);
        assertThat(theirs.sent(ReportMessage.AssistState.class).state()).isEqualTo("refused");
    }

    @Test
    void nobodyClosedItInTime() throws Exception {
        ReportMessage.Assist request = request("help");
        answered(request);
        domain.clock.advance(EXPIRES.minusSeconds(1));
        domain.transactions.run(assistance::expire);
        assertThat(assistance.get(owner, request.id()).state()).isEqualTo(AssistanceState.OPEN);
        domain.clock.advance(Duration.ofSeconds(1));
        domain.transactions.run(assistance::expire);
        assertThat(assistance.get(owner, request.id()).state()).isEqualTo(AssistanceState.EXPIRED);
        assertThat(socket.sent(ReportMessage.AssistState.class).state()).isEqualTo("expired");
        assertThat(audited("assistance.close")).singleElement().satisfies(row -> assertThat(row.changes())
                .isEqualTo("{\"state\":{\"before\":\"open\",\"after\":\"expired\"}}"));
        refused(Problem.CONFLICT, () -> assistance.take(owner, request.id()));
    }

    @Test
    void onlyWhoReceivesRequestsSeesTakesAndClosesThem() throws RefusedException {
        ReportMessage.Assist request = request("help");
        answered(request);
        Caller viewer = sample.user("viewer");
        refused(Problem.NOT_FOUND, () -> assistance.get(viewer, request.id()));
        sample.entry(sample.root, viewer.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        refused(Problem.FORBIDDEN, () -> assistance.take(viewer, request.id()));
        refused(Problem.FORBIDDEN, () -> assistance.close(viewer, request.id(), "x"));
        assertThat(assistance.list(viewer, null, Cursor.first(10)).items()).isEmpty();
        Caller stranger = new Sample(domain).owner();
        refused(Problem.NOT_FOUND, () -> assistance.take(stranger, request.id()));
        assertThat(assistance.list(stranger, null, Cursor.first(10)).items()).isEmpty();
        refused(Problem.FORBIDDEN, () -> assistance.allow(viewer, agent.uid(), 1, new DeviceAssistance(true, null)));
    }

    @Test
    void requestsOfADayAreLimited() throws Exception {
        for (int i = 0; i < Assistance.MAX_PER_DAY; i++) {
            ReportMessage.Assist request = request("help " + i);
            assertThat(answered(request)).isEqualTo("open");
            domain.transactions.inNew(() -> assistance.close(owner, request.id(), null));
        }
        assertThat(answered(request("one more"))).isEqualTo("refused: too-many");
        domain.clock.advance(Duration.ofDays(1));
        assertThat(answered(request("tomorrow"))).isEqualTo("open");
    }

    @Test
    void listGoesOnWhereItStopped() throws Exception {
        List<String> raised = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            ReportMessage.Assist request = request("help " + i);
            answered(request);
            domain.transactions.inNew(() -> assistance.close(owner, request.id(), null));
            raised.add(0, request.text());
            domain.clock.advance(Duration.ofMillis(i % 2 == 0 ? 1 : 0));
        }
        List<String> read = new ArrayList<>();
        String next = null;
        do {
            Slice<AssistanceView> slice = assistance.list(owner, AssistanceState.CLOSED, Cursor.checked(next, 2, 2));
            slice.items().forEach(row -> read.add(row.text()));
            next = slice.next();
        } while (next != null);
        assertThat(read).containsExactlyInAnyOrderElementsOf(raised);
    }
}
