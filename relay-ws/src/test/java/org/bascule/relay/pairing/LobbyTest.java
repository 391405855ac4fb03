package org.bascule.relay.pairing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.bascule.relay.TestInstallation;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.relay.ProbeToken;
import org.bascule.wire.relay.RelayClose;
import org.bascule.wire.relay.RelayLimits;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.relay.RelayToken;
import org.bascule.wire.relay.TrafficLimits;
import org.junit.jupiter.api.Test;

class LobbyTest {

    private static final RelayProofKey PROOF = RelayProofKey.generate();
    private static final int MIB = 1 << 20;

    private final AtomicLong nanos = new AtomicLong();
    private final List<CompletableFuture<RelayToken>> delayed = new ArrayList<>();
    private final SessionId sid = SessionId.random();
    private Budget budget = new Budget(64L << 20);
    private Lobby lobby = lobby(LobbyLimits.DEFAULT);

    /** What is to be done later, by the clock of the test. */
    private record Due(Runnable task, long at) {}

    private final List<Due> due = new ArrayList<>();

    private Lobby lobby(LobbyLimits limits) {
        return new Lobby(
                limits, new FakeGate(), budget, nanos::get, (task, wait) -> due.add(new Due(task, nanos.get() + wait)));
    }

    /** Tokens are {@code role:attempt}; {@code later} is decided later; a proof is right if it is 64 bytes. */
    private final class FakeGate implements Gate {
        @Override
        public CompletionStage<RelayToken> check(String text, SessionId session) {
            if (text.equals("later")) {
                CompletableFuture<RelayToken> future = new CompletableFuture<>();
                delayed.add(future);
                return future;
            }
            try {
                String[] parts = text.split(":");
                return CompletableFuture.completedFuture(limited(TestInstallation.token(
                        "r", session, RelayRole.parse(parts[0]), Long.parseLong(parts[1]), PROOF)));
            } catch (WireException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        @Override
        public CompletionStage<ProbeToken> checkProbe(String text) {
            throw new AssertionError("nobody probes here");
        }

        @Override
        public RelayToken prove(RelayToken token, byte[] nonce, byte[] signature) throws WireException {
            if (signature.length != 64) {
                throw new WireException(WireException.Reason.BAD_SIGNATURE, "no");
            }
            return token;
        }
    }

    private TrafficLimits limits = TrafficLimits.NONE;
    private String domain = "tag";

    private RelayToken limited(RelayToken token) {
        return new RelayToken(
                token.relay(),
                token.sid(),
                token.role(),
                token.attempt(),
                token.issuedAt(),
                token.expires(),
                token.jti(),
                token.cnf(),
                domain,
                token.reserve(),
                limits);
    }

    private record End(FakeLink link, Connection connection) {

        void send(int length) {
            connection.came(length);
            connection.binary(ByteBuffer.allocate(length));
        }
    }

    private End open() {
        FakeLink link = new FakeLink("192.0.2.1");
        return new End(link, lobby.open(link, sid).orElseThrow());
    }

    private End admitted(String token) {
        End end = open();
        end.connection().text(token);
        end.send(64);
        return end;
    }

    private Connection admit(FakeLink link, SessionId session, String token) {
        Connection connection = lobby.open(link, session).orElseThrow();
        connection.text(token);
        connection.binary(ByteBuffer.allocate(64));
        return connection;
    }

    private End[] pair() {
        return new End[] {admitted("client:0"), admitted("device:0")};
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
        lobby.sweep();
    }

    @Test
    void admitsPairsAndForwards() {
        End client = admitted("client:0");
        assertThat(client.link().sent()).containsExactly("binary 32", "waiting");
        End device = admitted("device:0");
        assertThat(device.link().sent()).containsExactly("binary 32", "paired");
        assertThat(client.link().sent()).endsWith("paired");
        client.send(10);
        device.send(RelayLimits.MAX_MESSAGE);
        assertThat(device.link().sent()).endsWith("binary 10");
        assertThat(client.link().sent()).endsWith("binary 65560");
        assertThat(lobby.sessions()).isEqualTo(1);
        assertThat(lobby.unproved()).isZero();
    }

    /** An end that is paired takes a text for a fault of the relay; the other end may come while this one is being told to wait. */
    @Test
    void nobodyHearsWaitingAfterPaired() {
        End client = admitted("client:0");
        admitted("device:0");
        client.link().onClose(() -> admitted("device:1"));

        End again = admitted("client:1");

        assertThat(client.link().closed()).contains(RelayClose.REFUSED);
        assertThat(again.link().sent()).containsExactly("binary 32", "paired");
    }

    @Test
    void binaryBeforeTokenSecondTextAndEmptyMessageAreRefused() {
        End early = open();
        early.send(64);
        assertThat(early.link().closed()).contains(RelayClose.REFUSED);
        End twice = open();
        twice.connection().text("client:0");
        twice.connection().text("client:0");
        assertThat(twice.link().closed()).contains(RelayClose.REFUSED);
        End[] ends = pair();
        ends[0].send(0);
        assertThat(ends[0].link().closed()).contains(RelayClose.REFUSED);
        assertThat(ends[1].link().closed()).contains(RelayClose.PEER_GONE);
        assertThat(lobby.unproved()).isZero();
    }

    @Test
    void badTokenAndBadProofAreRefused() {
        End token = open();
        token.connection().text("nobody:0");
        assertThat(token.link().closed()).contains(RelayClose.REFUSED);
        End proof = open();
        proof.connection().text("client:0");
        proof.send(63);
        assertThat(proof.link().closed()).contains(RelayClose.REFUSED);
        assertThat(lobby.connections()).isZero();
        assertThat(lobby.sessions()).isZero();
    }

    @Test
    void answerOfTheGateAfterTheEndIsIgnored() {
        End end = open();
        end.connection().text("later");
        end.connection().ended();
        delayed.get(0).complete(TestInstallation.token("r", sid, RelayRole.CLIENT, 0, PROOF));
        assertThat(end.link().sent()).isEmpty();
        assertThat(lobby.unproved()).isZero();
    }

    @Test
    void tooLongMessageIsALimitForItsSenderOnly() {
        End[] ends = pair();
        ends[1].send(RelayLimits.MAX_MESSAGE + 1);
        assertThat(ends[1].link().closed()).contains(RelayClose.LIMIT);
        assertThat(ends[0].link().closed()).contains(RelayClose.PEER_GONE);
        assertThat(ends[0].link().sent()).doesNotContain("binary 65561");
    }

    @Test
    void sameOrLowerAttemptIsRefusedAndHigherReplaces() {
        End first = admitted("client:1");
        assertThat(admitted("client:1").link().closed()).contains(RelayClose.REFUSED);
        assertThat(admitted("client:0").link().closed()).contains(RelayClose.REFUSED);
        assertThat(first.link().closed()).isEmpty();
        End device = admitted("device:1");
        End second = admitted("client:2");
        assertThat(first.link().closed()).contains(RelayClose.REFUSED);
        assertThat(device.link().closed()).contains(RelayClose.PEER_GONE);
        assertThat(second.link().sent()).endsWith("waiting");
        End again = admitted("device:2");
        assertThat(again.link().sent()).endsWith("paired");
        assertThat(second.link().sent()).endsWith("paired");
    }

    @Test
    void endOfOneIsToldToTheOtherAfterItsLastMessage() {
        End[] ends = pair();
        ends[1].link().hold();
        ends[0].send(1_000);
        ends[0].connection().ended();
        assertThat(ends[1].link().closed()).as("something is still on the way").isEmpty();
        ends[1].link().release();
        assertThat(ends[1].link().closed()).contains(RelayClose.PEER_GONE);
        assertThat(lobby.sessions()).isZero();
        assertThat(lobby.connections()).isZero();
    }

    @Test
    void whatCannotBeDeliveredDelaysTheEndByTenSecondsOnly() {
        End[] ends = pair();
        ends[1].link().hold();
        ends[0].send(1_000);
        ends[0].connection().ended();
        pass(Duration.ofSeconds(9));
        assertThat(ends[1].link().closed()).isEmpty();
        pass(Duration.ofSeconds(1));
        assertThat(ends[1].link().closed()).contains(RelayClose.PEER_GONE);
    }

    @Test
    void deadlinesForTokenAndPeer() {
        End silent = open();
        End unproved = open();
        unproved.connection().text("client:0");
        End waiting = admitted("client:0");
        pass(Duration.ofSeconds(5));
        assertThat(silent.link().closed()).contains(RelayClose.TIMEOUT);
        assertThat(unproved.link().closed()).contains(RelayClose.TIMEOUT);
        assertThat(waiting.link().closed()).isEmpty();
        pass(Duration.ofSeconds(25));
        assertThat(waiting.link().closed()).contains(RelayClose.TIMEOUT);
        assertThat(lobby.sessions()).isZero();
    }

    @Test
    void pairWithoutAnyMessageEndsAfterTwoMinutesAndAMessageProlongsIt() {
        End[] ends = pair();
        pass(Duration.ofSeconds(100));
        ends[0].send(1);
        pass(Duration.ofSeconds(100));
        pass(Duration.ofSeconds(119));
        assertThat(ends[0].link().closed()).isEmpty();
        pass(Duration.ofSeconds(1));
        // the other one's peer is gone then
        assertThat(Stream.of(ends).map(end -> end.link().closed().orElseThrow()))
                .contains(RelayClose.TIMEOUT);
    }

    @Test
    void bothEndsOfAPairAreLookedAtEveryThreeSeconds() {
        End[] ends = pair();
        End waiting = open();
        for (int second = 0; second < 7; second++) {
            pass(Duration.ofSeconds(1));
        }
        assertThat(ends[0].link().checks()).isEqualTo(2);
        assertThat(ends[1].link().checks()).isEqualTo(2);
        assertThat(waiting.link().checks()).isZero();
    }

    @Test
    void moreThanMayWaitForTenSecondsIsStalled() {
        End[] ends = pair();
        ends[1].link().hold();
        for (int sent = 0; sent <= RelayLimits.STALLED_ABOVE; sent += 32_768) {
            ends[0].send(32_768);
        }
        pass(Duration.ofMillis(9_999));
        assertThat(ends[0].link().closed()).isEmpty();
        pass(Duration.ofMillis(1));
        assertThat(ends[0].link().closed()).contains(RelayClose.STALLED);
        assertThat(ends[1].link().closed()).contains(RelayClose.STALLED);
    }

    @Test
    void asMuchAsMayWaitIsNotStalled() {
        End[] ends = pair();
        ends[1].link().hold();
        for (int sent = 0; sent < RelayLimits.STALLED_ABOVE; sent += 32_768) {
            ends[0].send(32_768);
        }
        pass(Duration.ofSeconds(60));
        assertThat(ends[0].link().closed()).isEmpty();
    }

    /** Its sender is paused, which is enough for a while. */
    @Test
    void whoHasASingleMessageHasTwiceAsLongWhenOthersHaveUsedUpTheMemory() {
        budget = new Budget(MIB);
        lobby = lobby(LobbyLimits.DEFAULT);
        budget.take(MIB, false);
        End[] ends = pair();
        ends[1].link().hold();
        ends[0].send(RelayLimits.MAX_MESSAGE);
        assertThat(pauses(ends[0])).isTrue();
        pass(RelayLimits.STALLED_FOR.multipliedBy(2).minusSeconds(1));
        assertThat(ends[0].link().closed()).isEmpty();
        pass(Duration.ofSeconds(1));
        assertThat(ends[0].link().closed()).as("for ever it has no memory").contains(RelayClose.STALLED);
    }

    @Test
    void receiverThatTakesSomethingInTimeIsNotStalled() {
        End[] ends = pair();
        ends[1].link().hold();
        for (int i = 0; i < 33; i++) {
            ends[0].send(32_768);
        }
        for (int i = 0; i < 10; i++) {
            pass(Duration.ofSeconds(9));
            ends[1].link().releaseOne();
            ends[0].send(32_768);
        }
        assertThat(ends[0].link().closed()).isEmpty();
    }

    @Test
    void fourMebibytesAreTheEndAtOnce() {
        End[] ends = pair();
        ends[1].link().hold();
        int sent = 0;
        while (ends[0].link().closed().isEmpty()) {
            ends[0].send(RelayLimits.MAX_MESSAGE);
            sent += RelayLimits.MAX_MESSAGE;
            assertThat(sent).isLessThanOrEqualTo(5 * MIB);
        }
        assertThat(ends[0].link().closed()).contains(RelayClose.STALLED);
        assertThat(budget.queued()).isLessThanOrEqualTo(4L * MIB);
        ends[1].link().release();
        assertThat(budget.queued()).as("nothing is counted for ever").isZero();
    }

    @Test
    void memoryOfAllPairsTogetherIsBounded() {
        budget = new Budget(2 * MIB);
        lobby = lobby(LobbyLimits.DEFAULT);
        End[] ends = pair();
        ends[1].link().hold();
        int messages = 0;
        while (ends[0].link().closed().isEmpty()) {
            ends[0].send(65_536);
            messages++;
        }
        assertThat(messages).isEqualTo(34);
        assertThat(ends[0].link().closed()).contains(RelayClose.STALLED);
    }

    @Test
    void senderIsNotReadWhileTheReceiverIsSlowAndReadOnAfterwards() {
        End[] ends = pair();
        ends[1].link().hold();
        AtomicInteger resumed = new AtomicInteger();
        for (int i = 0; i < 9; i++) {
            assertThat(ends[0].connection().pause(resumed::incrementAndGet)).isFalse();
            ends[0].send(32_768);
        }
        assertThat(ends[0].connection().pause(resumed::incrementAndGet)).isTrue();
        for (int i = 0; i < 4; i++) {
            ends[1].link().releaseOne();
        }
        assertThat(resumed).hasValue(0);
        ends[1].link().releaseOne();
        assertThat(resumed).as("half of it is gone").hasValue(1);
        assertThat(ends[0].connection().pause(resumed::incrementAndGet)).isFalse();
    }

    @Test
    void sendersArePausedTheEarlierTheLessMemoryIsLeft() {
        budget = new Budget(4 * MIB);
        lobby = lobby(LobbyLimits.DEFAULT);
        assertThat(untilPaused()).isEqualTo(8);
        budget.take(2 * MIB, false);
        assertThat(untilPaused()).isEqualTo(4);
        budget.take(2 * MIB, false);
        assertThat(untilPaused()).as("nothing is left").isEqualTo(1);
    }

    /** Number of messages of 32 KiB after which the sender of a new pair is not read any more, with a receiver that takes nothing. */
    private int untilPaused() {
        SessionId session = SessionId.random();
        Connection sender = admit(new FakeLink("192.0.2.1"), session, "client:0");
        FakeLink receiver = new FakeLink("192.0.2.2");
        admit(receiver, session, "device:0");
        receiver.hold();
        int messages = 0;
        while (!sender.pause(() -> {})) {
            sender.binary(ByteBuffer.allocate(32_768));
            messages++;
        }
        return messages;
    }

    @Test
    void memoryIsBoundedAlsoWhereNoPairAloneHasMuch() {
        budget = new Budget(2 * MIB);
        lobby = lobby(LobbyLimits.DEFAULT);
        int pairs = 10;
        List<FakeLink> senders = new ArrayList<>();
        for (int i = 0; i < pairs; i++) {
            SessionId session = SessionId.random();
            FakeLink sender = new FakeLink("192.0.2.1");
            FakeLink receiver = new FakeLink("192.0.2.2");
            Connection from = admit(sender, session, "client:0");
            admit(receiver, session, "device:0");
            receiver.hold();
            for (int message = 0; message < 15 && sender.closed().isEmpty(); message++) {
                from.binary(ByteBuffer.allocate(65_536));
            }
            senders.add(sender);
        }
        assertThat(senders.get(0).closed()).as("below the bound").isEmpty();
        assertThat(senders.get(pairs - 1).closed()).contains(RelayClose.STALLED);
        assertThat(budget.queued())
                .isLessThanOrEqualTo(2L * MIB + pairs * (RelayLimits.STALLED_ABOVE + 2L * RelayLimits.MAX_MESSAGE));
    }

    /** Each brings what it had sent before it was paused. */
    @Test
    void memoryIsBoundedHoweverManyPairsHaveASingleMessageEach() {
        int pairs = 5_000;
        budget = new Budget(64 * MIB);
        lobby = lobby(LobbyLimits.DEFAULT);
        List<FakeLink> senders = new ArrayList<>();
        List<FakeLink> receivers = new ArrayList<>();
        for (int i = 0; i < pairs; i++) {
            SessionId session = SessionId.random();
            FakeLink sender = new FakeLink("192.0.2.1");
            FakeLink receiver = new FakeLink("192.0.2.2");
            Connection from = admit(sender, session, "client:0");
            admit(receiver, session, "device:0");
            receiver.hold();
            from.binary(ByteBuffer.allocate(RelayLimits.MAX_MESSAGE));
            senders.add(sender);
            receivers.add(receiver);
        }
        assertThat(budget.queued()).isBetween(64L * MIB, 128L * MIB);
        assertThat(senders.get(0).closed()).isEmpty();
        assertThat(senders.get(pairs - 1).closed()).contains(RelayClose.STALLED);
        assertThat(receivers.get(pairs - 1).closed()).contains(RelayClose.STALLED);
        receivers.forEach(FakeLink::release);
        assertThat(budget.queued()).as("nothing is counted for ever").isZero();
    }

    @Test
    void whoseReceiverTakesNothingMeetsTheBoundBeforeOthers() {
        budget = new Budget(MIB);
        lobby = lobby(LobbyLimits.DEFAULT);
        End[] stalled = pair();
        stalled[1].link().hold();
        stalled[0].send(1_000);
        SessionId other = SessionId.random();
        Connection good = admit(new FakeLink("192.0.2.3"), other, "client:0");
        FakeLink receiver = new FakeLink("192.0.2.4");
        admit(receiver, other, "device:0");
        budget.take(MIB + MIB / 2, false);

        good.binary(ByteBuffer.allocate(1_000));
        stalled[0].send(1_000);

        assertThat(receiver.sent()).endsWith("binary 1000");
        assertThat(receiver.closed()).isEmpty();
        assertThat(stalled[0].link().closed()).contains(RelayClose.STALLED);
    }

    @Test
    void aRelayTakesNoMoreSessionsThanItsHeapIsFor() {
        assertThat(LobbyLimits.meetings(512L * MIB)).isEqualTo(1_024);
        assertThat(LobbyLimits.meetings(8_192L * MIB)).isEqualTo(10_000);
        assertThat(LobbyLimits.meetings(1_000)).isOne();
    }

    @Test
    void pausedSenderIsReadOnWhenThePairEnds() {
        End[] ends = pair();
        ends[1].link().hold();
        for (int i = 0; i < 33; i++) {
            ends[0].send(32_768);
        }
        AtomicInteger resumed = new AtomicInteger();
        assertThat(ends[0].connection().pause(resumed::incrementAndGet)).isTrue();
        ends[1].connection().ended();
        assertThat(resumed).hasValue(1);
        assertThat(ends[0].link().closed()).contains(RelayClose.PEER_GONE);
    }

    @Test
    void limitOnSessions() {
        lobby = lobby(new LobbyLimits(Duration.ofSeconds(5), Duration.ofSeconds(30), 100, 100, 1, FlowLimits.DEFAULT));
        End client = admitted("client:0");
        FakeLink other = new FakeLink("192.0.2.1");
        Connection connection = lobby.open(other, SessionId.random()).orElseThrow();
        connection.text("client:0");
        connection.binary(ByteBuffer.allocate(64));
        assertThat(other.closed()).contains(RelayClose.LIMIT);
        admitted("device:0");
        assertThat(client.link().sent()).endsWith("paired");
    }

    @Test
    void drainingClosesEverybodyAndAdmitsNobody() {
        End[] ends = pair();
        End unproved = open();
        lobby.drain();
        assertThat(ends[0].link().closed()).contains(RelayClose.DRAINING);
        assertThat(ends[1].link().closed()).contains(RelayClose.DRAINING);
        assertThat(unproved.link().closed()).contains(RelayClose.DRAINING);
        FakeLink late = new FakeLink("192.0.2.9");
        assertThat(lobby.open(late, sid)).isEmpty();
        assertThat(late.closed()).contains(RelayClose.DRAINING);
        assertThat(lobby.connections()).isZero();
        assertThat(lobby.unproved()).isZero();
    }

    /** All of them go on at other relays, at the same moment. */
    @Test
    void aRelayThatIsEmptiedSendsItsSessionsAwayByAndBy() {
        int pairs = 500;
        List<FakeLink> clients = new ArrayList<>();
        List<FakeLink> devices = new ArrayList<>();
        for (int i = 0; i < pairs; i++) {
            SessionId session = SessionId.random();
            FakeLink client = new FakeLink("192.0.2.1");
            FakeLink device = new FakeLink("192.0.2.2");
            admit(client, session, "client:0");
            admit(device, session, "device:0");
            clients.add(client);
            devices.add(device);
        }
        End waiting = admitted("client:0");

        lobby.empty();

        assertThat(lobby.isDraining()).isTrue();
        assertThat(waiting.link().closed()).as("it has nothing to go on with").contains(RelayClose.DRAINING);
        FakeLink late = new FakeLink("192.0.2.9");
        assertThat(lobby.open(late, sid)).isEmpty();
        assertThat(closed(clients)).isZero();
        for (int gone : new int[] {200, 400, 500}) {
            pass(Duration.ofSeconds(1));
            assertThat(closed(clients)).isEqualTo(gone);
            assertThat(closed(devices)).as("with their other ends").isEqualTo(gone);
        }
        assertThat(lobby.connections()).isZero();
    }

    /** They all hear that the relay is being emptied. */
    private static int closed(List<FakeLink> links) {
        List<RelayClose> closed =
                links.stream().flatMap(link -> link.closed().stream()).toList();
        assertThat(closed).allMatch(RelayClose.DRAINING::equals);
        return closed.size();
    }

    @Test
    void aRelayThatIsTakenBackKeepsTheSessionsThatItStillHas() {
        End[] ends = pair();
        lobby.empty();
        lobby.resume();
        pass(Duration.ofSeconds(1));
        assertThat(ends[0].link().closed()).isEmpty();
        assertThat(lobby.isDraining()).isFalse();
    }

    private boolean pauses(End end) {
        return end.connection().pause(() -> {});
    }

    private long waits() {
        return due.remove(due.size() - 1).at() - nanos.get();
    }

    @Test
    void sessionIsReadNoFasterThanItMay() {
        limits = new TrafficLimits(100_000, 0, 0);
        End[] ends = pair();
        ends[0].send(50_000);
        ends[1].send(50_000);
        assertThat(pauses(ends[0])).isFalse();
        ends[0].send(50_000);
        assertThat(pauses(ends[0])).isTrue();
        assertThat(waits()).isEqualTo(Duration.ofMillis(500).toNanos());
        assertThat(pauses(ends[1])).as("both directions share it").isTrue();
        pass(Duration.ofMillis(499));
        assertThat(pauses(ends[0])).isTrue();
        pass(Duration.ofMillis(1));
        assertThat(pauses(ends[0])).isFalse();
        assertThat(ends[1].link().sent())
                .filteredOn("binary 50000"::equals)
                .as("nothing is dropped")
                .hasSize(2);
    }

    /** Such as pings, which are for the relay alone. */
    @Test
    void framesThatHoldNothingForTheOtherEndCountTowardsTheRate() {
        limits = new TrafficLimits(100_000, 0, 0);
        End[] ends = pair();
        ends[0].connection().came(150_000);
        assertThat(pauses(ends[0])).isTrue();
        assertThat(waits()).isEqualTo(Duration.ofMillis(500).toNanos());
    }

    @Test
    void whoSaysTooMuchBeforeItIsPairedIsClosed() {
        End stranger = open();
        stranger.connection().came(RelayLimits.MAX_UNPAIRED);
        assertThat(stranger.link().closed()).isEmpty();
        stranger.connection().came(1);
        assertThat(stranger.link().closed()).contains(RelayClose.LIMIT);

        End waiting = admitted("client:0");
        waiting.connection().came(RelayLimits.MAX_UNPAIRED);
        assertThat(waiting.link().closed()).contains(RelayClose.LIMIT);
        assertThat(lobby.sessions()).isZero();

        End[] ends = pair();
        ends[0].connection().came(100 * RelayLimits.MAX_UNPAIRED);
        assertThat(ends[0].link().closed()).isEmpty();
    }

    @Test
    void whatWasNotUsedIsNotSavedUp() {
        limits = new TrafficLimits(100_000, 0, 0);
        End[] ends = pair();
        pass(Duration.ofSeconds(60));
        ends[0].send(60_000);
        ends[0].send(60_000);
        assertThat(pauses(ends[0])).isTrue();
        assertThat(waits()).isEqualTo(Duration.ofMillis(200).toNanos());
    }

    @Test
    void sessionsOfADomainShareItsRateAndOthersDoNot() {
        limits = new TrafficLimits(0, 100_000, 0);
        End[] one = pair();
        SessionId other = SessionId.random();
        Connection same = admit(new FakeLink("192.0.2.5"), other, "client:0");
        admit(new FakeLink("192.0.2.6"), other, "device:0");
        domain = "another";
        SessionId elsewhere = SessionId.random();
        FakeLink link = new FakeLink("192.0.2.3");
        Connection client = admit(link, elsewhere, "client:0");
        admit(new FakeLink("192.0.2.4"), elsewhere, "device:0");
        one[0].send(65_000);
        one[1].send(65_000);
        assertThat(pauses(one[0])).isTrue();
        assertThat(waits()).isEqualTo(Duration.ofMillis(300).toNanos());
        assertThat(same.pause(() -> {})).as("it has used nothing").isFalse();
        same.came(5_000);
        assertThat(same.pause(() -> {})).as("nothing is left in reserve").isTrue();
        assertThat(waits()).isEqualTo(Duration.ofMillis(100).toNanos());
        pass(Duration.ofMillis(100));
        assertThat(same.pause(() -> {})).isFalse();
        assertThat(pauses(one[0])).as("half of it went to the other").isTrue();
        assertThat(waits()).isEqualTo(Duration.ofMillis(250).toNanos());
        client.came(50_000);
        client.binary(ByteBuffer.allocate(50_000));
        assertThat(client.pause(() -> {})).isFalse();
        assertThat(lobby.inDomains()).isEqualTo(2);
    }

    @Test
    void aNewSessionFindsWhatThoseBeforeItHaveLeftOfTheRate() {
        limits = new TrafficLimits(0, 100_000, 0);
        End[] ends = pair();
        ends[0].send(65_000);
        ends[1].send(65_000);
        ends[0].connection().ended();
        assertThat(lobby.inDomains()).isZero();
        pass(Duration.ofMillis(100));
        SessionId next = SessionId.random();
        Connection client = admit(new FakeLink("192.0.2.5"), next, "client:0");
        admit(new FakeLink("192.0.2.6"), next, "device:0");
        client.came(1_000);
        assertThat(client.pause(() -> {})).isTrue();
        assertThat(waits()).isEqualTo(Duration.ofMillis(20).toNanos());
        pass(Duration.ofSeconds(3));
        client.came(100_000);
        assertThat(client.pause(() -> {})).as("in reserve again").isFalse();
    }

    @Test
    void domainHasNoMoreSessionsThanItMay() {
        limits = new TrafficLimits(0, 0, 1);
        End[] first = pair();
        FakeLink second = new FakeLink("192.0.2.2");
        admit(second, SessionId.random(), "client:0");
        assertThat(second.closed()).contains(RelayClose.LIMIT);
        domain = "another";
        FakeLink foreign = new FakeLink("192.0.2.3");
        admit(foreign, SessionId.random(), "client:0");
        assertThat(foreign.closed()).isEmpty();
        domain = "tag";
        // a new attempt of the same session is no further session
        FakeLink again = new FakeLink("192.0.2.4");
        admit(again, sid, "client:1");
        assertThat(again.closed()).isEmpty();
        first[0].connection().ended();
        first[1].connection().ended();
        FakeLink still = new FakeLink("192.0.2.5");
        admit(still, SessionId.random(), "client:0");
        assertThat(still.closed()).as("one end of the first session is there").contains(RelayClose.LIMIT);
    }

    @Test
    void whoHasGoneLeavesNothingOfItsDomain() {
        limits = new TrafficLimits(0, 0, 1);
        End[] ends = pair();
        assertThat(lobby.inDomains()).isEqualTo(1);
        ends[0].connection().ended();
        ends[1].connection().ended();
        lobby.sweep();
        assertThat(lobby.inDomains()).isZero();
    }
}
