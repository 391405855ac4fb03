package org.bascule.session.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bascule.session.stream.Recorder.take;
import static org.bascule.session.stream.Recorder.within;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bascule.session.record.RecordCodec;
import org.bascule.session.record.RecordException;
import org.bascule.session.record.RecordType;
import org.bascule.session.transport.MemoryTransport;
import org.bascule.session.transport.TransportEnd;
import org.bascule.wire.relay.RelayRole;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is done to records on the way: the end that receives them rejects, the other sees the transport go. */
@Timeout(120)
class RecordTamperTest {

    /** A device that has seen the client's confirmation, and a client's end that can send anything. */
    private static final class Setup {
        final MemoryTransport.Pair transports = MemoryTransport.pair();
        final Recorder recorder = new Recorder();
        final Session device = Session.device(
                RecordVectors.KEYS, SessionPair.ALL, transports.device(), recorder, recorder, TestConfig.QUICK);
        final RawPeer client = new RawPeer(RelayRole.CLIENT, transports.client());

        Setup() throws Exception {
            client.confirm();
            within(recorder.started);
        }

        byte[] ping() {
            return client.seal(client.plaintext(RecordType.PING, new byte[9]));
        }

        void rejects(RecordException.Reason reason, byte[]... messages) throws Exception {
            for (byte[] message : messages) {
                transports.client().send(message);
            }
            SessionEnd end = within(recorder.sessionEnded);
            assertThat(end.reason()).isEqualTo(EndReason.RECORD_REJECTED);
            assertThat(end.text()).isEqualTo(reason.name());
            assertThat(client.end().kind()).isEqualTo(TransportEnd.Kind.PEER_GONE);
        }
    }

    @Test
    void everyBitOfARecord() throws Exception {
        int bits = new Setup().ping().length * 8;
        for (int bit = 0; bit < bits; bit++) {
            Setup setup = new Setup();
            byte[] record = setup.ping();
            record[bit / 8] ^= (byte) (0x80 >> bit % 8);
            transportSendAndExpect(setup, record, bit);
        }
    }

    private static void transportSendAndExpect(Setup setup, byte[] record, int bit) throws Exception {
        setup.transports.client().send(record);
        SessionEnd end = within(setup.recorder.sessionEnded);
        assertThat(end.reason()).as("bit %d", bit).isEqualTo(EndReason.RECORD_REJECTED);
        // sequence 1: the top bit makes a control record of it, the last a duplicate, all between a gap
        String expected = bit == 0 ? "OUT_OF_PLACE" : bit >= 64 ? "BAD_TAG" : bit == 63 ? "DUPLICATE" : "GAP";
        assertThat(end.text()).as("bit %d", bit).isEqualTo(expected);
        assertThat(setup.client.end().kind()).as("bit %d", bit).isEqualTo(TransportEnd.Kind.PEER_GONE);
    }

    @Test
    void everyLengthOfARecord() throws Exception {
        int length = new Setup().ping().length;
        for (int cut = 0; cut < length; cut++) {
            Setup setup = new Setup();
            setup.rejects(
                    cut < 25 ? RecordException.Reason.TOO_SHORT : RecordException.Reason.BAD_TAG,
                    Arrays.copyOf(setup.ping(), cut));
        }
        Setup longer = new Setup();
        longer.rejects(RecordException.Reason.BAD_TAG, Arrays.copyOf(longer.ping(), length + 1));
        Setup oversized = new Setup();
        oversized.rejects(
                RecordException.Reason.TOO_LARGE, Arrays.copyOf(oversized.ping(), RecordCodec.MAX_RECORD + 1));
    }

    @Test
    void largestRecordIsAccepted() throws Exception {
        Setup setup = new Setup();
        byte[] body = new byte[RecordCodec.MAX_PLAINTEXT - 9];
        setup.client.send(RecordType.OPEN, Frames.open(1, "process", "{}"));
        System.arraycopy(Frames.dataHeader(1, body.length - 6), 0, body, 0, 6);
        byte[] record = setup.client.seal(setup.client.plaintext(RecordType.DATA, body));
        assertThat(record).hasSize(RecordCodec.MAX_RECORD);
        setup.transports.client().send(record);
        assertThat(setup.recorder.bytes(body.length - 6)).hasSize(body.length - 6);
        setup.device.close();
    }

    @Test
    void dropped() throws Exception {
        Setup setup = new Setup();
        setup.ping();
        setup.rejects(RecordException.Reason.GAP, setup.ping());
    }

    @Test
    void repeated() throws Exception {
        Setup setup = new Setup();
        byte[] record = setup.ping();
        setup.rejects(RecordException.Reason.DUPLICATE, record, record);
    }

    @Test
    void swapped() throws Exception {
        Setup setup = new Setup();
        byte[] first = setup.ping();
        setup.rejects(RecordException.Reason.GAP, setup.ping(), first);
    }

    @Test
    void replayedFromTheStart() throws Exception {
        Setup setup = new Setup();
        RecordCodec again = RecordCodec.AES_256_GCM.create(RelayRole.CLIENT, RecordVectors.KEYS);
        byte[] confirm = setup.client.plaintext(RecordType.CONFIRM, RecordVectors.KEYS.confirmation());
        setup.rejects(RecordException.Reason.DUPLICATE, again.sealData(confirm, 0, confirm.length));
    }

    @Test
    void ownRecordsSentBack() throws Exception {
        Setup setup = new Setup();
        RecordCodec device = RecordCodec.AES_256_GCM.create(RelayRole.DEVICE, RecordVectors.KEYS);
        byte[] ping = setup.client.plaintext(RecordType.PING, new byte[9]);
        device.sealData(ping, 0, ping.length);
        setup.rejects(RecordException.Reason.BAD_TAG, device.sealData(ping, 0, ping.length));
    }

    @Test
    void recordsOfAnotherSession() throws Exception {
        Setup setup = new Setup();
        RecordCodec other = RecordCodec.AES_256_GCM.create(
                RelayRole.CLIENT,
                new org.bascule.session.handshake.SessionKeys(
                        RecordVectors.KEYS.sid(), new byte[32], new byte[32], new byte[32]));
        byte[] ping = setup.client.plaintext(RecordType.PING, new byte[9]);
        other.sealData(ping, 0, ping.length);
        setup.rejects(RecordException.Reason.BAD_TAG, other.sealData(ping, 0, ping.length));
    }

    /** The same for the client's end, which is another program in one of two cases: for the device's first record, and for one behind it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyBitOfARecordToTheClient(boolean first) throws Exception {
        int bits = 0;
        for (int bit = 0; bit == 0 || bit < bits; bit += 7) {
            MemoryTransport.Pair transports = MemoryTransport.pair();
            Recorder recorder = new Recorder();
            Session client = Session.client(
                    RecordVectors.KEYS, SessionPair.ALL, transports.client(), recorder, TestConfig.QUICK);
            RawPeer device = new RawPeer(RelayRole.DEVICE, transports.device());
            device.next(RecordType.CONFIRM);
            if (!first) {
                transports.device().send(device.seal(device.plaintext(RecordType.ACK, new byte[0])));
            }
            byte[] record = device.seal(device.plaintext(RecordType.ACK, new byte[0]));
            bits = record.length * 8;
            record[bit / 8] ^= (byte) (0x80 >> bit % 8);
            transports.device().send(record);
            // the top bit makes a control record of it: before anything came, the device may be at another attempt,
            // which is a loss and no strike
            boolean lost = first && bit == 0;
            assertThat(within(recorder.sessionEnded).reason())
                    .as("bit %d", bit)
                    .isEqualTo(lost ? EndReason.INTERRUPTED : EndReason.RECORD_REJECTED);
            assertThat(client.struck()).as("bit %d", bit).hasSize(lost ? 0 : 1);
            assertThat(device.end().kind()).isEqualTo(TransportEnd.Kind.PEER_GONE);
        }
    }

    /** A pair of real ends: what one loses on the way ends both, each by its own name. */
    @Test
    void realEndsNameTheirSide() throws Exception {
        List<String> ways = List.of("drop", "repeat", "flip", "cut");
        for (String way : ways) {
            SessionPair pair = new SessionPair();
            SessionStream stream = pair.open(Service.TERMINAL);
            take(pair.atDevice.opened);
            pair.transports.client().sendThrough(tamper(way));
            stream.write("first".getBytes(StandardCharsets.UTF_8));
            try {
                stream.write("second".getBytes(StandardCharsets.UTF_8));
            } catch (StreamEndedException e) {
                assertThat(e.reason()).isEqualTo(EndReason.INTERRUPTED);
            }
            assertThat(within(pair.atDevice.sessionEnded).reason()).as(way).isEqualTo(EndReason.RECORD_REJECTED);
            assertThat(within(pair.atClient.sessionEnded).reason()).as(way).isEqualTo(EndReason.INTERRUPTED);
        }
    }

    private static java.util.function.Function<byte[], List<byte[]>> tamper(String way) {
        boolean[] done = {false};
        return message -> {
            if (done[0]) {
                return List.of(message);
            }
            done[0] = true;
            List<byte[]> out = new ArrayList<>();
            switch (way) {
                case "drop" -> {}
                case "repeat" -> {
                    out.add(message);
                    out.add(message);
                }
                case "flip" -> {
                    byte[] changed = message.clone();
                    changed[20] ^= 1;
                    out.add(changed);
                }
                default -> out.add(Arrays.copyOf(message, message.length - 1));
            }
            return out;
        };
    }
}
