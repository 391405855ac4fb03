package org.bascule.session.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bascule.session.stream.Recorder.take;
import static org.bascule.session.stream.Recorder.within;

import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.bascule.session.record.RecordCodec;
import org.bascule.session.record.RecordType;
import org.bascule.session.transport.MemoryTransport;
import org.bascule.wire.relay.RelayRole;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Credit, window, back-pressure. */
@Timeout(120)
class FlowTest {

    private static CompletableFuture<Void> async(ThrowingTask task) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                task.run();
                done.complete(null);
            } catch (Exception e) {
                done.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return done;
    }

    private interface ThrowingTask {
        void run() throws Exception;
    }

    @Test
    void senderKeepsAtMostTheWindow() throws Exception {
        MemoryTransport.Pair transports = MemoryTransport.pair();
        Recorder recorder = new Recorder();
        Session client =
                Session.client(RecordVectors.KEYS, SessionPair.ALL, transports.client(), recorder, TestConfig.QUICK);
        RawPeer device = new RawPeer(RelayRole.DEVICE, transports.device());
        device.next(RecordType.CONFIRM);
        SessionStream stream = client.open(Service.PROCESS, SessionPair.NO_ARGUMENTS, recorder);
        device.send(RecordType.CREDIT, Frames.credit(1, 64 << 20));
        CompletableFuture<Void> writing = async(() -> stream.write(new byte[2 * Sender.WINDOW]));
        int full = (Sender.WINDOW - Sender.SHORT_ROOM) / RecordCodec.MAX_RECORD;
        for (int i = 0; i < full; i++) {
            device.next(RecordType.DATA);
        }
        assertThat(writing).isNotDone();
        assertThat(client.bytesOut()).isLessThanOrEqualTo(Sender.WINDOW);
        // short records still have room
        device.send(RecordType.PING, Frames.ping(0));
        device.next(RecordType.PING);
        // and an acknowledgement lets the writer go on
        device.acknowledge();
        device.next(RecordType.DATA);
        for (int i = 0; i < full; i++) {
            device.next(RecordType.DATA);
            device.acknowledge();
        }
        writing.get(20, TimeUnit.SECONDS);
        client.end(EndReason.DONE, "");
    }

    /** Two ends that acknowledge nothing share the budget; a third session keeps going within its own part, and gets more when one of them is gone. */
    @Test
    void sessionsOfAProcessShareABudget() throws Exception {
        MemoryBudget budget = new MemoryBudget(1 << 20);
        SessionConfig config = TestConfig.QUICK.withMemory(1 << 20, budget);
        Stalled first = new Stalled(config);
        Stalled second = new Stalled(config);
        await(() -> !budget.has(1 << 16));
        Stalled last = new Stalled(config);
        List<Stalled> stalled = List.of(first, second, last);
        long most = (1 << 20) + 3L * (MemoryBudget.OWN + Sender.SHORT_ROOM);
        for (Stalled one : stalled) {
            one.drain(MemoryBudget.OWN - RecordCodec.MAX_RECORD);
            assertThat(one.writing).isNotDone();
        }
        assertThat(stalled.stream().mapToLong(one -> one.session.bytesOut()).sum())
                .isLessThanOrEqualTo(most);
        for (int i = 0; i < 40; i++) {
            last.peer.acknowledge();
            last.drain(2 * RecordCodec.MAX_RECORD);
        }
        assertThat(budget.has(1 << 19)).isFalse();
        first.session.end(EndReason.DONE, "");
        second.session.end(EndReason.DONE, "");
        await(() -> budget.has(1 << 19));
        assertThat(last.session.isRunning()).isTrue();
        last.session.end(EndReason.DONE, "");
        await(() -> budget.has(1 << 20));
    }

    /** Short records are kept whatever the budget says, so it may be overdrawn. */
    @Test
    void sessionGoesOnWithinItsOwnPartWhenTheBudgetIsOverdrawn() throws Exception {
        MemoryBudget budget = new MemoryBudget(0);
        budget.take(1);
        Stalled one = new Stalled(TestConfig.QUICK.withMemory(1 << 20, budget));
        one.drain(MemoryBudget.OWN - RecordCodec.MAX_RECORD);
        assertThat(one.writing).isNotDone();
        assertThat(one.session.bytesOut()).isLessThanOrEqualTo(MemoryBudget.OWN + Sender.SHORT_ROOM);
        one.session.end(EndReason.DONE, "");
    }

    /** Devices that nobody reads from: few streams have their full credit, all have their first one, and each goes on when it is read. */
    @Test
    void whatIsReceivedSharesTheBudget() throws Exception {
        int more = SessionStream.FULL_CREDIT - SessionStream.FIRST_CREDIT;
        MemoryBudget budget = new MemoryBudget(5L * more);
        List<Fed> sessions = List.of(new Fed(budget, 4), new Fed(budget, 4), new Fed(budget, 4));
        List<StreamInput> inputs =
                sessions.stream().flatMap(fed -> fed.inputs.stream()).toList();
        for (StreamInput input : inputs) {
            input.readNBytes(SessionStream.FIRST_CREDIT / 4);
        }
        int held = inputs.size() * SessionStream.FIRST_CREDIT + 5 * more;
        await(() -> inputs.stream().mapToInt(StreamInput::available).sum() == held);
        assertThat(budget.has(1)).isFalse();
        assertThat(sessions).allSatisfy(fed -> assertThat(fed.writing).noneMatch(CompletableFuture::isDone));

        sessions.get(0).client.end(EndReason.DONE, "");
        for (StreamInput input : sessions.get(0).inputs) {
            assertThatThrownBy(input::readAllBytes).isInstanceOf(StreamEndedException.class);
        }
        await(() -> budget.has(1));
        for (Fed fed : sessions.subList(1, 3)) {
            for (int i = 0; i < fed.inputs.size(); i++) {
                assertThat(fed.inputs.get(i).readAllBytes()).hasSize(Fed.SENT - SessionStream.FIRST_CREDIT / 4);
                fed.writing.get(i).get(20, TimeUnit.SECONDS);
            }
            fed.client.end(EndReason.DONE, "");
        }
        await(() -> budget.has(5L * more));
        assertThat(budget.has(5L * more + 1)).as("given back once").isFalse();
    }

    /** One session with many streams leaves most of the budget to the others, and lends again what a stream that ended had. */
    @Test
    void fewStreamsOfASessionHaveTheirFullCredit() throws Exception {
        int more = SessionStream.FULL_CREDIT - SessionStream.FIRST_CREDIT;
        int streams = Session.MAX_ENLARGED + 2;
        MemoryBudget budget = new MemoryBudget((long) streams * more);
        Fed fed = new Fed(budget, streams);
        for (StreamInput input : fed.inputs) {
            input.readNBytes(SessionStream.FIRST_CREDIT / 4);
        }
        assertThat(budget.has(2L * more)).isTrue();
        assertThat(budget.has(2L * more + 1)).isFalse();

        fed.inputs.get(0).readAllBytes();
        await(() -> budget.has(3L * more));
        fed.inputs.get(streams - 1).readNBytes(SessionStream.FIRST_CREDIT / 4);
        assertThat(budget.has(2L * more + 1)).isFalse();
        await(() -> fed.inputs.get(streams - 1).available() == SessionStream.FULL_CREDIT);

        fed.client.end(EndReason.DONE, "");
        for (StreamInput input : fed.inputs.subList(1, streams)) {
            assertThatThrownBy(input::readAllBytes).isInstanceOf(StreamEndedException.class);
        }
        await(() -> budget.has((long) streams * more));
    }

    /** A stream with much on its way holds more, as far as the budget goes, and gives it back once it is read after its end. */
    @Test
    void widenedStreamTakesItsRoomFromTheBudgetAndGivesItBack() throws Exception {
        int more = 512 << 10;
        MemoryBudget budget = new MemoryBudget(more);
        Fed fed = new Fed(budget, 2);
        StreamInput wide = fed.inputs.get(0);
        wide.extend(more);
        assertThat(fed.accepted.get(0).widen(more)).isTrue();
        assertThat(fed.accepted.get(1).widen(1)).as("nothing is left").isFalse();
        await(() -> wide.available() == SessionStream.FIRST_CREDIT + more);
        assertThat(budget.has(1)).isFalse();
        fed.accepted.get(0).reset(EndReason.FAILED, "");
        assertThat(budget.has(1)).as("what came is still held").isFalse();
        assertThatThrownBy(wide::readAllBytes).isInstanceOf(StreamEndedException.class);
        await(() -> budget.has(more));
        assertThat(budget.has(more + 1L)).as("given back once").isFalse();
        assertThat(fed.accepted.get(0).widen(1)).as("it is over").isFalse();
        fed.client.end(EndReason.DONE, "");
    }

    /** A session whose client sends as much as it may on some streams. */
    private static final class Fed {
        static final int SENT = 1 << 20;
        final Session client;
        final List<StreamInput> inputs = new ArrayList<>();
        /** The device's ends of them. */
        final List<SessionStream> accepted = new CopyOnWriteArrayList<>();

        final List<CompletableFuture<Void>> writing = new ArrayList<>();

        Fed(MemoryBudget budget, int streams) throws Exception {
            BlockingQueue<StreamInput> opened = new LinkedBlockingQueue<>();
            MemoryTransport.Pair transports = MemoryTransport.pair();
            Session.device(
                    RecordVectors.KEYS,
                    SessionPair.ALL,
                    transports.device(),
                    (stream, service, arguments) -> {
                        StreamInput input = new StreamInput(stream);
                        accepted.add(stream);
                        opened.add(input);
                        return feeding(input);
                    },
                    new Recorder(),
                    TestConfig.QUICK.withMemory(1 << 20, budget));
            client = Session.client(
                    RecordVectors.KEYS, SessionPair.ALL, transports.client(), new Recorder(), TestConfig.QUICK);
            for (int i = 0; i < streams; i++) {
                SessionStream stream = client.open(Service.PROCESS, SessionPair.NO_ARGUMENTS, new Recorder());
                inputs.add(take(opened));
                writing.add(async(() -> {
                    stream.write(new byte[SENT]);
                    stream.finish();
                }));
            }
        }

        private static StreamHandler feeding(StreamInput input) {
            return new StreamHandler() {
                @Override
                public void data(SessionStream stream, byte[] buffer, int offset, int length) {
                    input.add(buffer, offset, length);
                }

                @Override
                public void finished(SessionStream stream) {
                    input.end();
                }

                @Override
                public void ended(SessionStream stream, EndReason reason, String text) {
                    input.fail(reason, text);
                }
            };
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    /** A session with a writer whose other end acknowledges nothing by itself. */
    private static final class Stalled {
        final Session session;
        final RawPeer peer;
        final CompletableFuture<Void> writing;

        Stalled(SessionConfig config) throws Exception {
            MemoryTransport.Pair transports = MemoryTransport.pair();
            Recorder recorder = new Recorder();
            session = Session.client(RecordVectors.KEYS, SessionPair.ALL, transports.client(), recorder, config);
            peer = new RawPeer(RelayRole.DEVICE, transports.device());
            peer.next(RecordType.CONFIRM);
            SessionStream stream = session.open(Service.PROCESS, SessionPair.NO_ARGUMENTS, recorder);
            peer.send(RecordType.CREDIT, Frames.credit(1, 64 << 20));
            writing = async(() -> stream.write(new byte[32 << 20]));
        }

        /** Takes at least so many bytes of data. */
        void drain(int bytes) throws InterruptedException {
            for (int taken = 0; taken < bytes; taken += RecordCodec.MAX_RECORD) {
                peer.next(RecordType.DATA);
            }
        }
    }

    /** An end that never acknowledges acknowledgements gets 64 of them, and the owed one as soon as there is room. */
    @Test
    void acknowledgementsComeFromABoundedReserve() throws Exception {
        MemoryTransport.Pair transports = MemoryTransport.pair();
        Recorder recorder = new Recorder();
        Session device = Session.device(
                RecordVectors.KEYS, SessionPair.ALL, transports.device(), recorder, recorder, TestConfig.QUICK);
        RawPeer client = new RawPeer(RelayRole.CLIENT, transports.client());
        client.confirm();
        client.send(RecordType.OPEN, Frames.open(1, "process", "{}"));
        SessionStream stream = take(recorder.opened);
        for (int i = 0; i < 64 * 200; i++) {
            client.send(RecordType.DATA, Frames.data(1, 0, new byte[0]));
        }
        client.send(RecordType.DATA, Frames.data(1, 1, new byte[1]));
        recorder.bytes(1);
        stream.sendEvent(SessionPair.NO_ARGUMENTS);
        client.next(RecordType.EVENT);
        // all before the event: 64 from the reserve, nothing else
        assertThat(client.codec.received()).isEqualTo(Sender.ACK_RESERVE + 1);
        for (int i = 0; i < 64; i++) {
            client.send(RecordType.DATA, Frames.data(1, 0, new byte[0]));
        }
        client.acknowledge();
        client.next(RecordType.ACK);
        device.close();
    }

    @Test
    void waitingWriterLearnsOfTheEnd() throws Exception {
        SessionPair pair = new SessionPair();
        pair.atDevice.consume = false;
        SessionStream stream = pair.open(Service.PROCESS);
        CompletableFuture<Void> writing = async(() -> stream.write(new byte[1 << 20]));
        pair.atDevice.bytes(SessionStream.FIRST_CREDIT);
        assertThat(writing).isNotDone();
        pair.device.end(EndReason.ENDED_BY_DEVICE, "");
        assertThat(writing.handle((ok, failure) -> failure).get(20, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        StreamEndedException.class, e -> assertThat(e.reason()).isEqualTo(EndReason.ENDED_BY_DEVICE));
    }

    @Test
    void waitingWriterLearnsOfAReset() throws Exception {
        SessionPair pair = new SessionPair();
        pair.atDevice.consume = false;
        SessionStream stream = pair.open(Service.PROCESS);
        CompletableFuture<Void> writing = async(() -> stream.write(new byte[1 << 20]));
        pair.atDevice.bytes(SessionStream.FIRST_CREDIT);
        take(pair.atDevice.opened).reset(EndReason.FAILED, "");
        assertThat(writing.handle((ok, failure) -> failure).get(20, TimeUnit.SECONDS))
                .isInstanceOf(StreamEndedException.class);
        pair.client.close();
    }

    /** Both ends fill their windows while neither delivers, then all of it is let go at once. */
    @Test
    void twoFullWindowsDoNotWaitForEachOther() throws Exception {
        int window = 1 << 20;
        SessionPair pair =
                new SessionPair(SessionPair.ALL, TestConfig.QUICK.withMemory(window, MemoryBudget.UNLIMITED));
        List<SessionStream> here = new ArrayList<>();
        List<SessionStream> there = new ArrayList<>();
        for (int i = 0; i < Session.MAX_STREAMS; i++) {
            here.add(pair.open(Service.PROCESS));
            there.add(take(pair.atDevice.opened));
        }
        List<byte[]> heldBack = new ArrayList<>();
        List<byte[]> heldBackThere = new ArrayList<>();
        pair.transports.client().sendThrough(hold(heldBack));
        pair.transports.device().sendThrough(hold(heldBackThere));
        byte[] part = new byte[SessionStream.FULL_CREDIT];
        List<CompletableFuture<Void>> writers = new ArrayList<>();
        for (int i = 0; i < Session.MAX_STREAMS; i++) {
            SessionStream a = here.get(i);
            SessionStream b = there.get(i);
            writers.add(async(() -> a.write(part)));
            writers.add(async(() -> b.write(part)));
        }
        awaitBytes(heldBack, window);
        awaitBytes(heldBackThere, window);
        pair.transports.client().sendThrough(release(heldBack));
        pair.transports.device().sendThrough(release(heldBackThere));
        // something must be sent so that what was held back is released
        here.get(0).reset(EndReason.DONE, "");
        there.get(1).reset(EndReason.DONE, "");
        for (CompletableFuture<Void> writer : writers.subList(4, writers.size())) {
            writer.get(60, TimeUnit.SECONDS);
        }
        pair.client.close();
    }

    private static java.util.function.Function<byte[], List<byte[]>> hold(List<byte[]> held) {
        return message -> {
            synchronized (held) {
                held.add(message);
                held.notifyAll();
            }
            return List.of();
        };
    }

    private static java.util.function.Function<byte[], List<byte[]>> release(List<byte[]> held) {
        return message -> {
            synchronized (held) {
                List<byte[]> all = new ArrayList<>(held);
                held.clear();
                all.add(message);
                return all;
            }
        };
    }

    private static void awaitBytes(List<byte[]> held, int window) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        synchronized (held) {
            while (held.stream().mapToInt(message -> message.length).sum()
                    < (window - Sender.SHORT_ROOM) - (70 << 10)) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    throw new AssertionError("the window did not fill");
                }
                held.wait(left);
            }
        }
    }

    /** Streams of both kinds, random sizes and interleaving both ways: every byte arrives, in order. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void randomTrafficArrivesUnchanged(long seed) throws Exception {
        List<Digesting> atDevice = new ArrayList<>();
        SessionPair pair = new SessionPair(SessionPair.ALL, TestConfig.QUICK, (stream, service, arguments) -> {
            Digesting handler = new Digesting(stream);
            synchronized (atDevice) {
                atDevice.add(handler);
                atDevice.notifyAll();
            }
            return handler;
        });
        int count = 6;
        List<Digesting> atClient = new ArrayList<>();
        List<CompletableFuture<byte[]>> sentByClient = new ArrayList<>();
        List<CompletableFuture<byte[]>> sentByDevice = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Digesting handler = new Digesting(null);
            SessionStream stream = pair.client.open(
                    i % 2 == 0 ? Service.TERMINAL : Service.PROCESS, SessionPair.NO_ARGUMENTS, handler);
            handler.stream = stream;
            atClient.add(handler);
            sentByClient.add(send(stream, new Random(seed * 100 + i)));
        }
        synchronized (atDevice) {
            while (atDevice.size() < count) {
                atDevice.wait(20_000);
            }
        }
        for (int i = 0; i < count; i++) {
            sentByDevice.add(send(atDevice.get(i).stream(), new Random(seed * 100 + 50 + i)));
        }
        for (int i = 0; i < count; i++) {
            assertThat(atDevice.get(i).digest.get(60, TimeUnit.SECONDS))
                    .as("seed %d, stream %d to the device", seed, i)
                    .isEqualTo(sentByClient.get(i).get(60, TimeUnit.SECONDS));
            assertThat(atClient.get(i).digest.get(60, TimeUnit.SECONDS))
                    .as("seed %d, stream %d to the client", seed, i)
                    .isEqualTo(sentByDevice.get(i).get(60, TimeUnit.SECONDS));
        }
        pair.client.close();
        assertThat(within(pair.atDevice.sessionEnded).reason()).isEqualTo(EndReason.DONE);
    }

    private static CompletableFuture<byte[]> send(SessionStream stream, Random random) {
        CompletableFuture<byte[]> digest = new CompletableFuture<>();
        async(() -> {
                    MessageDigest sha = MessageDigest.getInstance("SHA-256");
                    int left = 2 << 20;
                    while (left > 0) {
                        int size =
                                Math.min(left, random.nextInt(4) == 0 ? random.nextInt(200_000) : random.nextInt(300));
                        byte[] part = new byte[size];
                        random.nextBytes(part);
                        sha.update(part);
                        stream.write(part);
                        left -= size;
                    }
                    stream.finish();
                    digest.complete(sha.digest());
                })
                .exceptionally(failure -> {
                    digest.completeExceptionally(failure);
                    return null;
                });
        return digest;
    }

    private static final class Digesting implements StreamHandler {
        private final MessageDigest sha;
        private volatile @org.jspecify.annotations.Nullable SessionStream stream;
        final CompletableFuture<byte[]> digest = new CompletableFuture<>();

        Digesting(@org.jspecify.annotations.Nullable SessionStream stream) {
            this.stream = stream;
            try {
                sha = MessageDigest.getInstance("SHA-256");
            } catch (java.security.NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        SessionStream stream() throws IOException {
            SessionStream known = stream;
            if (known == null) {
                throw new IOException("no stream");
            }
            return known;
        }

        @Override
        public void data(SessionStream from, byte[] buffer, int offset, int length) {
            sha.update(buffer, offset, length);
            from.consumed(length);
        }

        @Override
        public void finished(SessionStream from) {
            digest.complete(sha.digest());
        }
    }
}
