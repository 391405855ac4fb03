package org.bascule.session.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bascule.session.stream.Recorder.take;
import static org.bascule.session.stream.Recorder.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bascule.session.record.RecordCodec;
import org.bascule.session.record.RecordType;
import org.bascule.session.record.ResumeRecord;
import org.bascule.session.transport.LostTransport;
import org.bascule.session.transport.MemoryTransport;
import org.bascule.session.transport.Transport;
import org.bascule.session.transport.TransportEnd;
import org.bascule.wire.SessionId;
import org.bascule.wire.relay.RelayRole;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an end demands of a {@code RESUME}, and what it sends after one. */
@Timeout(60)
class ResumeTest {

    /** A listener that lets its session wait for another transport. */
    private static final class Waiting implements SessionListener {
        final Recorder recorder = new Recorder();
        final BlockingQueue<TransportLoss> losses = new LinkedBlockingQueue<>();
        final List<String> resumed = new CopyOnWriteArrayList<>();

        @Override
        public void started(Session session) {
            recorder.started(session);
        }

        @Override
        public boolean lost(Session session, TransportLoss loss) {
            losses.add(loss);
            return true;
        }

        @Override
        public void resumed(Session session, String relay) {
            resumed.add(relay);
        }

        @Override
        public void ended(Session session, SessionEnd end) {
            recorder.ended(session, end);
        }
    }

    /** The other end of a later transport: keeps records as they came. */
    private static final class Wire implements Transport.Receiver {
        final MemoryTransport.Pair pair = MemoryTransport.pair();
        final MemoryTransport own;
        final BlockingQueue<byte[]> records = new LinkedBlockingQueue<>();
        final CompletableFuture<TransportEnd> closed = new CompletableFuture<>();

        Wire(RelayRole role) {
            own = role == RelayRole.CLIENT ? pair.client() : pair.device();
            own.start(this);
        }

        @Override
        public void message(byte[] bytes, int offset, int length) {
            records.add(Arrays.copyOfRange(bytes, offset, offset + length));
        }

        @Override
        public void closed(TransportEnd end) {
            closed.complete(end);
        }
    }

    /** A device, and a client that is the test. */
    private static final class Setup {
        final MemoryTransport.Pair first = MemoryTransport.pair();
        final Waiting atDevice = new Waiting();
        final List<byte[]> sentByDevice = new CopyOnWriteArrayList<>();
        final Session device;
        final RawPeer client;
        private long attempt;

        Setup() throws Exception {
            this(TestConfig.QUICK);
        }

        Setup(SessionConfig config) throws Exception {
            first.device().sendThrough(record -> {
                sentByDevice.add(record);
                return List.of(record);
            });
            device = Session.device(
                    RecordVectors.KEYS, SessionPair.ALL, first.device(), "r1", atDevice.recorder, atDevice, config);
            client = new RawPeer(RelayRole.CLIENT, first.client());
            client.confirm();
            within(atDevice.recorder.started);
        }

        Setup lost() throws Exception {
            first.client().close();
            assertThat(take(atDevice.losses).relay()).isEqualTo("r1");
            return this;
        }

        SessionStream opened(int id) throws Exception {
            client.send(RecordType.OPEN, Frames.open(id, "process", "{}"));
            return take(atDevice.recorder.opened);
        }

        Wire next() {
            Wire wire = new Wire(RelayRole.CLIENT);
            device.resume(wire.pair.device(), "r2", ++attempt);
            return wire;
        }

        byte[] resume(ResumeRecord record) {
            byte[] bytes = record.bytes();
            return client.codec.sealControl(bytes, 0, bytes.length);
        }

        ResumeRecord right(long newAttempt) {
            return new ResumeRecord(RecordVectors.KEYS.sid(), "r2", newAttempt, client.codec.received());
        }

        ResumeRecord answer(Wire wire) throws Exception {
            byte[] record = take(wire.records);
            byte[] plaintext = new byte[RecordCodec.MAX_PLAINTEXT];
            int opened = client.codec.open(record, 0, record.length, plaintext);
            assertThat(opened).isNegative();
            return ResumeRecord.parse(Arrays.copyOf(plaintext, ~opened));
        }

        void rejects(Wire wire) throws Exception {
            within(wire.closed);
            assertThat(device.isConnected()).isFalse();
        }
    }

    @Test
    void answersAndSendsTheKeptCiphertextAgain() throws Exception {
        Setup setup = new Setup();
        SessionStream stream = setup.opened(1);
        stream.write(new byte[] {1});
        setup.client.next(RecordType.DATA);
        long has = setup.client.codec.received();
        setup.first.device().sendThrough(record -> {
            setup.sentByDevice.add(record);
            return List.of();
        });
        stream.write(new byte[] {2});
        setup.lost();
        stream.write(new byte[] {3});
        Wire wire = setup.next();
        wire.own.send(setup.resume(new ResumeRecord(RecordVectors.KEYS.sid(), "r2", 7, has)));
        ResumeRecord answer = setup.answer(wire);
        assertThat(answer).isEqualTo(new ResumeRecord(RecordVectors.KEYS.sid(), "r2", 7, setup.client.codec.sent()));
        byte[] again = take(wire.records);
        assertThat(again).isEqualTo(setup.sentByDevice.get((int) has));
        byte[] plaintext = new byte[RecordCodec.MAX_PLAINTEXT];
        setup.client.codec.open(again, 0, again.length, plaintext);
        assertThat(plaintext[15]).isEqualTo((byte) 2);
        byte[] third = take(wire.records);
        setup.client.codec.open(third, 0, third.length, plaintext);
        assertThat(plaintext[15]).isEqualTo((byte) 3);
        assertThat(setup.device.attempt()).isEqualTo(7);
        // data goes on
        wire.own.send(setup.client.seal(setup.client.plaintext(RecordType.DATA, Frames.data(1, 1, new byte[] {9}))));
        assertThat(setup.atDevice.recorder.bytes(1)).containsExactly(9);
        // told after what was kept was sent, and before what came then
        assertThat(setup.atDevice.resumed).containsExactly("r2");
    }

    @Test
    void whoLiesAboutNextEndsTheSession() throws Exception {
        for (boolean tooHigh : new boolean[] {true, false}) {
            Setup setup = new Setup();
            SessionStream stream = setup.opened(1);
            stream.write(new byte[] {1});
            setup.client.next(RecordType.DATA);
            setup.client.acknowledge();
            setup.client.send(RecordType.PING, Frames.ping(0));
            setup.client.next(RecordType.PING);
            setup.lost();
            long next = tooHigh ? setup.client.codec.received() + 100 : 0;
            Wire wire = setup.next();
            wire.own.send(setup.resume(new ResumeRecord(RecordVectors.KEYS.sid(), "r2", 1, next)));
            SessionEnd end = within(setup.atDevice.recorder.sessionEnded);
            assertThat(end.reason()).as("too high: %s", tooHigh).isEqualTo(EndReason.PROTOCOL_VIOLATION);
            within(wire.closed);
        }
    }

    @Test
    void whatDoesNotFitTheTransportIsRejectedAndTheSessionGoesOnElsewhere() throws Exception {
        List<ResumeRecord> wrong = List.of(
                new ResumeRecord(SessionId.random(), "r2", 5, 1),
                new ResumeRecord(RecordVectors.KEYS.sid(), "r1", 5, 1),
                new ResumeRecord(RecordVectors.KEYS.sid(), "r2", 0, 1));
        for (ResumeRecord record : wrong) {
            Setup setup = new Setup().lost();
            Wire wire = setup.next();
            wire.own.send(setup.resume(record));
            setup.rejects(wire);
            assertThat(setup.device.struck()).containsExactly("r2");
            Wire good = setup.next();
            good.own.send(setup.resume(setup.right(1)));
            assertThat(setup.answer(good).attempt()).isEqualTo(1);
            setup.device.close();
        }
    }

    @Test
    void attemptsRise() throws Exception {
        Setup setup = new Setup().lost();
        Wire wire = setup.next();
        wire.own.send(setup.resume(setup.right(4)));
        setup.answer(wire);
        wire.own.close();
        take(setup.atDevice.losses);
        for (long attempt : new long[] {4, 3}) {
            Wire late = setup.next();
            late.own.send(setup.resume(setup.right(attempt)));
            setup.rejects(late);
        }
        assertThat(setup.device.isRunning()).isTrue();
        Wire higher = setup.next();
        higher.own.send(setup.resume(setup.right(5)));
        assertThat(setup.answer(higher).attempt()).isEqualTo(5);
    }

    /** One end has lost the first transport before the other was heard: a relay that pairs what it is given is not to blame. */
    @Test
    void whoIsAtAnotherAttemptAtFirstStrikesNobody() throws Exception {
        MemoryTransport.Pair first = MemoryTransport.pair();
        Waiting atDevice = new Waiting();
        Session device = Session.device(
                RecordVectors.KEYS,
                SessionPair.ALL,
                first.device(),
                "r1",
                atDevice.recorder,
                atDevice,
                TestConfig.QUICK);
        RawPeer client = new RawPeer(RelayRole.CLIENT, first.client());
        byte[] resume = new ResumeRecord(RecordVectors.KEYS.sid(), "r1", 1, 0).bytes();
        // the client goes on, and the device waits for its beginning
        client.transport.send(client.codec.sealControl(resume, 0, resume.length));
        assertThat(take(atDevice.losses).end().kind()).isEqualTo(TransportEnd.Kind.LOST);
        // and the other way round
        byte[] confirm = client.seal(client.plaintext(RecordType.CONFIRM, RecordVectors.KEYS.confirmation()));
        Wire early = new Wire(RelayRole.CLIENT);
        CompletableFuture<Boolean> resumed = device.resume(early.pair.device(), "r1", 1);
        early.own.send(confirm);
        assertThat(within(resumed)).isFalse();
        within(early.closed);
        assertThat(device.struck()).isEmpty();
        Wire wire = new Wire(RelayRole.CLIENT);
        device.resume(wire.pair.device(), "r1", 2);
        wire.own.send(client.codec.sealControl(resume, 0, resume.length));
        wire.own.send(confirm);
        within(atDevice.recorder.started);
        device.close();
    }

    @Test
    void theTimeToConfirmBeginsWithTheTransport() throws Exception {
        Waiting atDevice = new Waiting();
        Session device = Session.device(
                RecordVectors.KEYS,
                SessionPair.ALL,
                new LostTransport(new TransportEnd(TransportEnd.Kind.TIMEOUT, "nobody came")),
                "r1",
                atDevice.recorder,
                atDevice,
                TestConfig.confirmingWithin(Duration.ofSeconds(2)));
        take(atDevice.losses);
        RawPeer client = new RawPeer(RelayRole.CLIENT, MemoryTransport.pair().client());
        byte[] confirm = client.seal(client.plaintext(RecordType.CONFIRM, RecordVectors.KEYS.confirmation()));
        byte[] resume = new ResumeRecord(RecordVectors.KEYS.sid(), "r1", 1, 0).bytes();
        TimeUnit.MILLISECONDS.sleep(1_500);
        Wire wire = new Wire(RelayRole.CLIENT);
        device.resume(wire.pair.device(), "r1", 1);
        wire.own.send(client.codec.sealControl(resume, 0, resume.length));
        TimeUnit.MILLISECONDS.sleep(1_000);
        wire.own.send(confirm);
        within(atDevice.recorder.started);
        device.close();
    }

    @Test
    void nothingIsOpenedBeforeTheResume() throws Exception {
        Setup setup = new Setup();
        setup.opened(1);
        setup.lost();
        byte[] data = setup.client.seal(setup.client.plaintext(RecordType.DATA, Frames.data(1, 1, new byte[] {9})));
        Wire early = setup.next();
        early.own.send(data);
        setup.rejects(early);
        assertThat(setup.atDevice.recorder.count()).isZero();
        Wire wire = setup.next();
        wire.own.send(setup.resume(setup.right(1)));
        wire.own.send(data);
        assertThat(setup.atDevice.recorder.bytes(1)).containsExactly(9);
    }

    @Test
    void aSecondResumeClosesTheTransportAndTheThirdStrikeTheSession() throws Exception {
        Setup setup = new Setup().lost();
        for (int strike = 1; strike <= 3; strike++) {
            Wire wire = setup.next();
            wire.own.send(setup.resume(setup.right(strike)));
            setup.answer(wire);
            wire.own.send(setup.resume(setup.right(strike + 10)));
            within(wire.closed);
        }
        SessionEnd end = within(setup.atDevice.recorder.sessionEnded);
        assertThat(end.reason()).isEqualTo(EndReason.RECORD_REJECTED);
    }

    @Test
    void theFirstOfSeveralTransportsThatResumesIsTakenAndTheOthersAreClosed() throws Exception {
        Setup setup = new Setup().lost();
        Wire one = setup.next();
        Wire two = setup.next();
        Wire three = setup.next();
        two.own.send(setup.resume(setup.right(2)));
        setup.answer(two);
        within(one.closed);
        within(three.closed);
        assertThat(two.own.isClosed()).isFalse();
        assertThat(setup.device.isConnected()).isTrue();
        setup.device.loseTransport(1);
        assertThat(setup.device.isConnected()).as("an earlier attempt").isTrue();
        setup.device.loseTransport(2);
        assertThat(take(setup.atDevice.losses).attempt()).isEqualTo(2);
    }

    @Test
    void whatIsKeptWithoutATransportIsBounded() throws Exception {
        Setup setup = new Setup();
        List<SessionStream> streams = new ArrayList<>();
        for (int i = 0; i < Session.MAX_STREAMS; i++) {
            streams.add(setup.opened(2 * i + 1));
        }
        setup.lost();
        byte[] chunk = new byte[1 << 20];
        long taken = 0;
        for (SessionStream stream : streams) {
            taken += stream.tryWrite(chunk, 0, chunk.length);
        }
        assertThat(taken).isBetween(Sender.WINDOW * 3L / 4, (long) Sender.WINDOW);
        for (SessionStream stream : streams) {
            assertThat(stream.tryWrite(chunk, 0, chunk.length)).isZero();
        }
        Wire wire = setup.next();
        wire.own.send(setup.resume(setup.right(1)));
        setup.answer(wire);
        long bytes = 0;
        byte[] plaintext = new byte[RecordCodec.MAX_PLAINTEXT];
        while (bytes < taken) {
            byte[] record = take(wire.records);
            int opened = setup.client.codec.open(record, 0, record.length, plaintext);
            bytes += plaintext[0] == RecordType.DATA.code() ? opened - Sender.DATA_HEADER : 0;
        }
        assertThat(bytes).isEqualTo(taken);
    }

    @Test
    void endsWithoutATransport() throws Exception {
        Setup setup = new Setup().lost();
        Wire wire = setup.next();
        setup.device.end(EndReason.ENDED_BY_DEVICE, "stopped");
        assertThat(within(setup.atDevice.recorder.sessionEnded).reason()).isEqualTo(EndReason.ENDED_BY_DEVICE);
        within(wire.closed);
        setup.device.close();
        Wire late = setup.next();
        within(late.closed);
    }

    @Test
    void silenceIsALossWhereAnAcknowledgementIsOwed() throws Exception {
        Setup setup = new Setup(TestConfig.pinging(Duration.ofMillis(40), Duration.ofMillis(200)));
        TransportLoss loss = take(setup.atDevice.losses);
        assertThat(loss.end().detail()).isEqualTo("the other end is silent");
        assertThat(setup.device.isRunning()).isTrue();
    }

    @Test
    void aPeerThatAnswersIsNotSilent() throws Exception {
        SessionPair pair =
                new SessionPair(SessionPair.ALL, TestConfig.pinging(Duration.ofMillis(40), Duration.ofMillis(2_000)));
        TimeUnit.MILLISECONDS.sleep(500);
        assertThat(pair.client.isConnected()).isTrue();
        assertThat(pair.client.roundTrip()).isPresent();
        pair.client.close();
    }

    @Test
    void theClientTakesOnlyTheAnswerToItsOwnResume() throws Exception {
        MemoryTransport.Pair first = MemoryTransport.pair();
        Waiting atClient = new Waiting();
        Session client =
                Session.client(RecordVectors.KEYS, SessionPair.ALL, first.client(), "r1", atClient, TestConfig.QUICK);
        RawPeer device = new RawPeer(RelayRole.DEVICE, first.device());
        device.next(RecordType.CONFIRM);
        first.device().close();
        take(atClient.losses);
        Wire wrong = new Wire(RelayRole.DEVICE);
        CompletableFuture<Boolean> refused = client.resume(wrong.pair.client(), "r2", 3);
        take(wrong.records);
        byte[] other = new ResumeRecord(RecordVectors.KEYS.sid(), "r2", 4, 1).bytes();
        wrong.own.send(device.codec.sealControl(other, 0, other.length));
        assertThat(within(refused)).isFalse();
        within(wrong.closed);
        Wire right = new Wire(RelayRole.DEVICE);
        CompletableFuture<Boolean> resumed = client.resume(right.pair.client(), "r2", 5);
        byte[] asked = take(right.records);
        byte[] plaintext = new byte[RecordCodec.MAX_PLAINTEXT];
        int opened = device.codec.open(asked, 0, asked.length, plaintext);
        assertThat(ResumeRecord.parse(Arrays.copyOf(plaintext, ~opened)))
                .isEqualTo(new ResumeRecord(RecordVectors.KEYS.sid(), "r2", 5, 0));
        byte[] answer = new ResumeRecord(RecordVectors.KEYS.sid(), "r2", 5, 1).bytes();
        right.own.send(device.codec.sealControl(answer, 0, answer.length));
        assertThat(within(resumed)).isTrue();
        assertThat(client.isConnected()).isTrue();
        client.close();
    }
}
