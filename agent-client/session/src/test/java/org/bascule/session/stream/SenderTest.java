package org.bascule.session.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.bascule.session.record.RecordCodec;
import org.bascule.session.transport.Transport;
import org.bascule.wire.relay.RelayRole;
import org.junit.jupiter.api.Test;

/** Which arrays the records are in: those of records that the other end has are written again, others never. */
class SenderTest {

    private static final byte[] BYTES = new byte[Sender.MAX_DATA];

    private static final int SHARED = 2 << 20;

    private final MemoryBudget budget = new MemoryBudget(SHARED);
    private final Sender sender =
            new Sender(RecordCodec.AES_256_GCM.create(RelayRole.DEVICE, RecordVectors.KEYS), Sender.WINDOW, budget);

    @Test
    void recordsAreMadeInTheArraysOfAcknowledgedOnes() throws ViolationException {
        Sent sent = new Sent();
        sender.use(sent);
        send(8);
        sender.acknowledge(4);
        send(4);
        assertThat(sent.records.subList(8, 12)).allMatch(again -> sent.holds(again, 0, 4));
        assertThat(sent.records.subList(4, 8)).noneMatch(kept -> sent.holds(kept, 8, 12));
    }

    @Test
    void alsoWhereEverythingIsAcknowledgedEachTime() throws ViolationException {
        Sent sent = new Sent();
        sender.use(sent);
        for (int i = 1; i <= 10; i++) {
            send(4);
            sender.acknowledge(4 * i);
        }
        assertThat(sent.records).allMatch(record -> sent.holds(record, 0, 4));
    }

    @Test
    void asManyAsWereOnTheirWay() throws ViolationException {
        Sent sent = new Sent();
        sender.use(sent);
        send(60);
        sender.acknowledge(55);
        send(55);
        assertThat(sent.records.subList(60, 115)).allMatch(record -> sent.holds(record, 0, 55));
    }

    @Test
    void butNotWhileATransportThatWasLostMayStillWriteThem() throws ViolationException {
        Sent lost = new Sent();
        Sent next = new Sent();
        sender.use(lost);
        send(8);
        sender.use(next);
        sender.acknowledge(6);
        send(6);
        assertThat(next.records.subList(8, 14)).noneMatch(record -> lost.holds(record, 0, 8));
    }

    @Test
    void arraysThatWaitForTheirNextRecordAreHeldAsWell() throws ViolationException {
        sender.use(new Sent());
        send(30);
        sender.acknowledge(29);
        assertThat(budget.has(SHARED - (512 << 10))).isFalse();
        send(16);
        sender.acknowledge(46);
        assertThat(budget.has(SHARED)).isTrue();
    }

    /** It may be the last for long: whoever is owed nothing but an acknowledgement sends none. */
    @Test
    void theyMakeRoomForWhatIsNotFull() throws ViolationException {
        sender.use(new Sent());
        send(30);
        sender.acknowledge(29);
        while (budget.has(32 << 10)) {
            budget.take(1 << 10);
        }
        assertThat(sender.hasRoomForData(RecordCodec.BULK_PLAINTEXT)).isTrue();
        assertThat(budget.has(32 << 10)).isFalse();
        assertThat(sender.hasRoomForData(RecordCodec.BULK_PLAINTEXT - 1)).isTrue();
        assertThat(budget.has(512 << 10)).as("they are let go").isTrue();
    }

    /** Where others have used up the budget, whoever has only its own part does not wait for the timer of the other end. */
    @Test
    void whatASessionMayKeepInAnyCaseIsAcknowledgedAtOnce() {
        budget.take(SHARED);
        Sent sent = new Sent();
        sender.use(sent);
        while (sender.hasRoomForData(RecordCodec.BULK_PLAINTEXT)) {
            send(1);
        }
        Sender receiver = new Sender(
                RecordCodec.AES_256_GCM.create(RelayRole.CLIENT, RecordVectors.KEYS),
                Sender.WINDOW,
                MemoryBudget.UNLIMITED);
        sent.records.forEach(record -> receiver.countReceived(record.length));
        assertThat(receiver.next()).as("acknowledgements").isPositive();
    }

    private void send(int records) {
        for (int i = 0; i < records; i++) {
            sender.data(1, BYTES, 0, BYTES.length, false);
        }
    }

    private static final class Sent implements Transport {
        private final List<byte[]> records = new ArrayList<>();

        boolean holds(byte[] array, int from, int to) {
            return records.subList(from, to).stream().anyMatch(record -> same(record, array));
        }

        @SuppressWarnings("ReferenceEquality")
        private static boolean same(byte[] one, byte[] other) {
            return one == other;
        }

        @Override
        public void send(byte[] record) {
            assertThat(record).hasSize((64 << 10) - 14);
            records.add(record);
        }

        @Override
        public void start(Receiver receiver) {}

        @Override
        public void close() {}

        @Override
        public void abort() {}
    }
}
