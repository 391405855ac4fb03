package org.bascule.agent.consent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.MutableClock;
import org.bascule.agent.TestInstallation;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.events.EventSpool;
import org.bascule.agent.policy.PolicyFile;
import org.bascule.agent.state.StateFolder;
import org.bascule.agent.ticket.OfferRefused;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.ConsentMessage;
import org.bascule.wire.control.ControlMessage;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.bascule.wire.ticket.Consent;
import org.bascule.wire.ticket.Demands;
import org.bascule.wire.ticket.Ticket;
import org.bascule.wire.trust.KeySet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** DEV-6 at the device: what was not granted does not start. */
class ConsentDeskTest {

    private static final Operations BOTH = Operations.of(Operations.TERMINAL, Operations.EXEC);
    private static final Operations EXEC = Operations.of(Operations.EXEC);

    private final MutableClock clock = new MutableClock(TestInstallation.NOW);
    private final List<ControlMessage> sent = new ArrayList<>();
    private final List<String> shown = new ArrayList<>();
    private final SessionId sid = SessionId.random();
    private ConsentDesk desk;
    private StateFolder folder;

    @BeforeEach
    void open(@TempDir Path temporary) throws Exception {
        folder = StateFolder.create(temporary.resolve("state"));
        EventSpool spool = EventSpool.open(new StateFolder(folder.subfolder("events")), 1 << 20, count -> "lost");
        desk = new ConsentDesk(clock, sent::add, new EventLog(spool, clock, message -> false), Runnable::run);
        desk.add(new QuestionListener() {
            @Override
            public void opened(Question question) {
                shown.add("opened " + question.user());
            }

            @Override
            public void closed(Question question) {
                shown.add("closed " + question.user());
            }
        });
    }

    private void ask(SessionId session) {
        desk.asked(new ConsentMessage.Ask(
                session,
                "Ada",
                "192.0.2.9",
                Optional.of("why"),
                BOTH,
                clock.instant().plusSeconds(60)));
    }

    private Ticket ticket(Demands demands) throws Exception {
        return ticket(demands, BOTH);
    }

    private Ticket ticket(Demands demands, Operations operations) throws Exception {
        TestInstallation installation = new TestInstallation();
        TestInstallation.TicketBuilder ticket =
                installation.ticket(DeviceIdentityKey.generate().publicKey(), new byte[] {1});
        ticket.sid = sid;
        ticket.demands = demands;
        ticket.operations = operations;
        return Ticket.verify(
                ticket.sign(),
                KeySet.verify(installation.keySet(1), installation.root.publicKey()),
                TestInstallation.NOW);
    }

    private Ticket demanding() throws Exception {
        return ticket(new Demands(Optional.of(Consent.DEVICE), Optional.empty(), false));
    }

    private void refused(Ticket ticket, boolean own) {
        assertThatExceptionOfType(OfferRefused.class)
                .isThrownBy(() -> desk.consented(ticket, own))
                .returns(OfferRefused.Code.CONSENT_REQUIRED, OfferRefused::code);
    }

    @Test
    void whatIsGrantedCountsOnceAndNotForLong() throws Exception {
        ask(sid);
        assertThat(desk.open()).singleElement().returns("Ada", Question::user);
        assertThat(desk.answer(sid.hex(), Optional.of(EXEC), "Eve")).isTrue();
        assertThat(desk.answer(sid.hex(), Optional.of(BOTH), "Mallory"))
                .as("said is said")
                .isFalse();
        assertThat(sent).containsExactly(new ConsentMessage.Answer(sid, Optional.of(EXEC), "", "Eve"));
        assertThat(desk.consented(demanding(), false)).isEqualTo(EXEC);
        refused(demanding(), false);
        assertThat(shown).containsExactly("opened Ada", "closed Ada");

        ask(sid);
        desk.answer(sid.hex(), Optional.of(EXEC), "Eve");
        clock.advance(ConsentDesk.REMEMBERED);
        refused(demanding(), false);
    }

    @Test
    void whatWasGrantedToOneIsNotForAnother() throws Exception {
        desk.asked(new ConsentMessage.Ask(
                sid, "Bo", "192.0.2.9", Optional.empty(), BOTH, clock.instant().plusSeconds(60)));
        assertThat(desk.answer(sid.hex(), Optional.of(BOTH), "Eve")).isTrue();
        refused(demanding(), false);
    }

    @Test
    void aRefusalAndNothingOfWhatWasAskedAreTheSame() throws Exception {
        ask(sid);
        assertThat(desk.answer(sid.hex(), Optional.empty(), "not now", "Eve")).isTrue();
        refused(demanding(), false);
        SessionId other = SessionId.random();
        ask(other);
        desk.answer(other.hex(), Optional.of(Operations.of("vpn")), "Eve");
        assertThat(sent)
                .containsExactly(
                        new ConsentMessage.Answer(sid, Optional.empty(), "not now", "Eve"),
                        new ConsentMessage.Answer(other, Optional.empty(), "", "Eve"));
    }

    @Test
    void nobodyInTimeGrantsNothing() throws Exception {
        ask(sid);
        clock.advance(Duration.ofSeconds(60));
        assertThat(desk.open()).isEmpty();
        assertThat(desk.answer(sid.hex(), Optional.of(BOTH), "Eve")).isFalse();
        desk.sweep();
        assertThat(shown).containsExactly("opened Ada", "closed Ada");
        refused(demanding(), false);
    }

    @Test
    void aQuestionThatIsGivenUpOrLostIsNone() throws Exception {
        ask(sid);
        desk.cancelled(sid);
        assertThat(desk.answer(sid.hex(), Optional.of(BOTH), "Eve")).isFalse();
        ask(sid);
        desk.disconnected();
        assertThat(desk.open()).isEmpty();
        assertThat(shown).containsExactly("opened Ada", "closed Ada", "opened Ada", "closed Ada");
    }

    @Test
    void nothingIsShownOrAnsweredBeforeItIsHeld() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            EventSpool spool = EventSpool.open(new StateFolder(folder.subfolder("others")), 1 << 20, count -> "lost");
            ConsentDesk busy = new ConsentDesk(clock, sent::add, new EventLog(spool, clock, message -> false), threads);
            CompletableFuture<Boolean> begun = new CompletableFuture<>();
            CompletableFuture<Void> counts = new CompletableFuture<>();
            CompletableFuture<Integer> opened = new CompletableFuture<>();
            busy.hold().add(new InputHold.Input() {
                @Override
                public void beginHeld() {
                    begun.complete(false);
                }

                @Override
                public CompletableFuture<Void> hold(boolean held) {
                    begun.complete(held);
                    return counts;
                }
            });
            busy.add(new QuestionListener() {
                @Override
                public void opened(Question question) {
                    opened.complete(busy.open().size());
                }

                @Override
                public void closed(Question question) {
                    // it was answered
                }
            });
            busy.asked(new ConsentMessage.Ask(
                    sid,
                    "Ada",
                    "192.0.2.9",
                    Optional.empty(),
                    BOTH,
                    clock.instant().plusSeconds(60)));
            assertThat(begun.get(20, TimeUnit.SECONDS)).isTrue();
            assertThat(busy.open()).isEmpty();
            assertThat(busy.answer(sid.hex(), Optional.of(BOTH), "Eve")).isFalse();
            assertThat(opened).isNotDone();
            counts.complete(null);
            assertThat(opened.get(20, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(busy.answer(sid.hex(), Optional.of(BOTH), "Eve")).isTrue();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void thereAreNotManyQuestionsAndEachOnce() {
        for (int i = 0; i < ConsentDesk.MAX_OPEN; i++) {
            ask(SessionId.random());
        }
        ask(desk.open().get(0).sid());
        assertThat(desk.open()).hasSize(ConsentDesk.MAX_OPEN);
        ask(sid);
        assertThat(desk.open()).hasSize(ConsentDesk.MAX_OPEN);
        assertThat(sent).singleElement().isInstanceOfSatisfying(ConsentMessage.Answer.class, answer -> assertThat(
                        answer.granted())
                .isEmpty());
    }

    @Test
    void withoutADemandTheTicketCounts() throws Exception {
        Ticket ticket = ticket(Demands.NONE);
        assertThat(desk.consented(ticket, false)).isEqualTo(ticket.operations());
        refused(ticket, true);
        assertThat(desk.consented(ticket(new Demands(Optional.of(Consent.APPROVER), Optional.of("x"), false)), false))
                .as("an approver was asked at the server")
                .isEqualTo(ticket.operations());
    }

    @Test
    void whoWatchesIsNotAskedAbout() throws Exception {
        Ticket watching = ticket(
                new Demands(Optional.of(Consent.DEVICE), Optional.empty(), false), Operations.of("watch:" + sid.hex()));
        assertThat(desk.consented(watching, true)).isEqualTo(watching.operations());
        refused(
                ticket(
                        new Demands(Optional.of(Consent.DEVICE), Optional.empty(), false),
                        Operations.of("watch:" + sid.hex(), Operations.EXEC)),
                true);
    }

    @Test
    void theServerHearsWhatThePolicyDemandsAndEachChange() throws Exception {
        OwnDemand demand = new OwnDemand(folder, sent::add, Runnable::run);
        demand.connected();
        assertThat(sent).containsExactly(new ConsentMessage.Demand(false));
        folder.write(PolicyFile.NAME, "{\"consent\":\"ask\"}");
        demand.look();
        demand.look();
        assertThat(sent).hasSize(2).last().isEqualTo(new ConsentMessage.Demand(true));
        demand.disconnected();
        demand.look();
        assertThat(sent).hasSize(2);
        demand.connected();
        assertThat(sent).as("a new channel").hasSize(3).last().isEqualTo(new ConsentMessage.Demand(true));
        folder.write(PolicyFile.NAME, "{}");
        demand.look();
        assertThat(sent).hasSize(4).last().isEqualTo(new ConsentMessage.Demand(false));
    }
}
