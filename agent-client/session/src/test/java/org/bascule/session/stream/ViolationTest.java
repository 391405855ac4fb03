package org.bascule.session.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bascule.session.stream.Recorder.within;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bascule.session.record.RecordCodec;
import org.bascule.session.record.RecordType;
import org.bascule.session.record.ResumeRecord;
import org.bascule.session.transport.MemoryTransport;
import org.bascule.wire.Bytes;
import org.bascule.wire.relay.RelayRole;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** Records under a good tag that break a rule: the session ends as protocol-violation, and the other end is told so. */
@Timeout(120)
class ViolationTest {

    private record Rule(String name, List<byte[]> plaintexts) {}

    private static Rule rule(String name, byte[]... plaintexts) {
        return new Rule(name, List.of(plaintexts));
    }

    private static byte[] plain(RecordType type, byte[] body) {
        return plain(type.code(), 0, body);
    }

    private static byte[] plain(int type, long ack, byte[] body) {
        return Bytes.writer().u8(type).u64(ack).bytes(body).toByteArray();
    }

    private static final byte[] OPEN = plain(RecordType.OPEN, Frames.open(1, "process", "{}"));
    private static final byte[] CONFIRM = plain(RecordType.CONFIRM, RecordVectors.KEYS.confirmation());
    private static final byte[] NOTHING = new byte[0];

    /** After CONFIRM. */
    private static Stream<Rule> afterConfirm() {
        return Stream.of(
                rule("unknown type 0", plain(0, 0, NOTHING)),
                rule("unknown type 11", plain(11, 0, NOTHING)),
                rule("unknown type 255", plain(255, 0, NOTHING)),
                rule("no ack", new byte[] {6}),
                rule("ack beyond what was sent", plain(6, 5, NOTHING)),
                rule("ack with the top bit", plain(6, Long.MIN_VALUE, NOTHING)),
                rule("ACK with a body", plain(RecordType.ACK, new byte[1])),
                rule("CONFIRM again", CONFIRM),
                rule("DATA on an unknown stream", plain(RecordType.DATA, Frames.data(1, 1, new byte[1]))),
                rule("DATA on stream 0", plain(RecordType.DATA, Frames.data(0, 1, new byte[1]))),
                rule("DATA longer than the record", OPEN, plain(RecordType.DATA, Frames.data(1, 2, new byte[1]))),
                rule("padding that is not zero", OPEN, plain(RecordType.DATA, Frames.data(1, 1, new byte[] {1, 0, 1}))),
                rule(
                        "DATA after CLOSE",
                        OPEN,
                        plain(RecordType.CLOSE, Frames.close(1, 0)),
                        plain(RecordType.DATA, Frames.data(1, 1, new byte[1]))),
                rule(
                        "EVENT after CLOSE",
                        OPEN,
                        plain(RecordType.CLOSE, Frames.close(1, 0)),
                        plain(RecordType.EVENT, Frames.event(1, "{}"))),
                rule(
                        "CLOSE twice",
                        OPEN,
                        plain(RecordType.CLOSE, Frames.close(1, 0)),
                        plain(RecordType.CLOSE, Frames.close(1, 0))),
                rule("CLOSE with another count", OPEN, plain(RecordType.CLOSE, Frames.close(1, 1))),
                rule("CLOSE with extra bytes", OPEN, plain(RecordType.CLOSE, Arrays.copyOf(Frames.close(1, 0), 13))),
                rule("CLOSE on an unknown stream", plain(RecordType.CLOSE, Frames.close(1, 0))),
                rule("CREDIT on a stream that never was", plain(RecordType.CREDIT, Frames.credit(1, 1))),
                rule("CREDIT cut", OPEN, plain(RecordType.CREDIT, Arrays.copyOf(Frames.credit(1, 1), 7))),
                rule("RESET on a stream that never was", plain(RecordType.RESET, Frames.reset(1, 0, ""))),
                rule("RESET with an unknown reason", OPEN, plain(RecordType.RESET, Frames.reset(1, 99, ""))),
                rule(
                        "RESET with a text longer than the record",
                        OPEN,
                        plain(
                                RecordType.RESET,
                                Bytes.writer().u32(1).u16(0).u16(5).toByteArray())),
                rule(
                        "DATA after RESET",
                        OPEN,
                        plain(RecordType.RESET, Frames.reset(1, 0, "")),
                        plain(RecordType.DATA, Frames.data(1, 1, new byte[1]))),
                rule("OPEN with an even id", plain(RecordType.OPEN, Frames.open(2, "process", "{}"))),
                rule("OPEN with the id 0", plain(RecordType.OPEN, Frames.open(0, "process", "{}"))),
                rule("OPEN twice", OPEN, OPEN),
                rule(
                        "OPEN with a lower id",
                        plain(RecordType.OPEN, Frames.open(5, "process", "{}")),
                        plain(RecordType.OPEN, Frames.open(3, "process", "{}"))),
                rule(
                        "OPEN with extra bytes",
                        plain(
                                RecordType.OPEN,
                                Arrays.copyOf(
                                        Frames.open(1, "process", "{}"), Frames.open(1, "process", "{}").length + 1))),
                rule(
                        "OPEN without arguments",
                        plain(
                                RecordType.OPEN,
                                Bytes.writer().u32(1).lp("process").toByteArray())),
                rule("EVENT that is not JSON", OPEN, plain(RecordType.EVENT, Frames.event(1, "{"))),
                rule("EVENT that is an array", OPEN, plain(RecordType.EVENT, Frames.event(1, "[]"))),
                rule(
                        "EVENT nested too deep",
                        OPEN,
                        plain(RecordType.EVENT, Frames.event(1, "{\"a\":".repeat(40) + "1" + "}".repeat(40)))),
                rule("EVENT on an unknown stream", plain(RecordType.EVENT, Frames.event(1, "{}"))),
                rule("PING of kind 2", plain(RecordType.PING, Frames.ping(2))),
                rule("PING with extra bytes", plain(RecordType.PING, new byte[10])),
                rule("END with another count", plain(RecordType.END, Frames.end(5, 0, ""))),
                rule("END with an unknown reason", plain(RecordType.END, Frames.end(1, 99, ""))));
    }

    private static final class Setup {
        final MemoryTransport.Pair transports = MemoryTransport.pair();
        final Recorder recorder = new Recorder();
        final RawPeer client = new RawPeer(RelayRole.CLIENT, transports.client());

        Setup() {
            this(TestConfig.QUICK);
        }

        Setup(SessionConfig config) {
            Session.device(RecordVectors.KEYS, SessionPair.ALL, transports.device(), recorder, recorder, config);
        }

        void endsAsViolation() throws Exception {
            SessionEnd end = within(recorder.sessionEnded);
            assertThat(end.reason()).as(end.text()).isEqualTo(EndReason.PROTOCOL_VIOLATION);
            assertThat(end.byPeer()).isFalse();
            ByteBuffer told = client.next(RecordType.END);
            told.getLong();
            assertThat((int) told.getShort()).isEqualTo(EndReason.PROTOCOL_VIOLATION.code());
        }
    }

    @TestFactory
    Stream<DynamicTest> deviceEndsTheSession() {
        return afterConfirm()
                .map(rule -> DynamicTest.dynamicTest(rule.name(), () -> {
                    Setup setup = new Setup();
                    setup.client.confirm();
                    for (byte[] plaintext : rule.plaintexts()) {
                        setup.client.send(plaintext);
                    }
                    setup.endsAsViolation();
                }));
    }

    @TestFactory
    Stream<DynamicTest> nothingBeforeConfirm() {
        byte[] wrong = RecordVectors.KEYS.confirmation();
        wrong[0] ^= 1;
        return Stream.of(
                        rule("ACK first", plain(RecordType.ACK, NOTHING)),
                        rule("OPEN first", OPEN),
                        rule("PING first", plain(RecordType.PING, Frames.ping(0))),
                        rule("END first", plain(RecordType.END, Frames.end(0, 0, ""))),
                        rule("another value", plain(RecordType.CONFIRM, wrong)),
                        rule("cut", plain(RecordType.CONFIRM, Arrays.copyOf(wrong, 31))),
                        rule("too long", plain(RecordType.CONFIRM, Arrays.copyOf(wrong, 33))))
                .map(rule -> DynamicTest.dynamicTest(rule.name(), () -> {
                    Setup setup = new Setup();
                    rule.plaintexts().forEach(setup.client::send);
                    setup.endsAsViolation();
                    assertThat(setup.recorder.started).isNotDone();
                    assertThat(setup.recorder.opened).isEmpty();
                }));
    }

    @Test
    void confirmationMustComeInTime() throws Exception {
        Setup setup = new Setup(TestConfig.confirmingWithin(Duration.ofMillis(50)));
        setup.endsAsViolation();
    }

    @Test
    void clientAcceptsNoConfirmation() throws Exception {
        MemoryTransport.Pair transports = MemoryTransport.pair();
        Recorder recorder = new Recorder();
        Session.client(RecordVectors.KEYS, SessionPair.ALL, transports.client(), recorder, TestConfig.QUICK);
        RawPeer device = new RawPeer(RelayRole.DEVICE, transports.device());
        device.confirm();
        assertThat(within(recorder.sessionEnded).reason()).isEqualTo(EndReason.PROTOCOL_VIOLATION);
    }

    @Test
    void clientAcceptsNoStreams() throws Exception {
        MemoryTransport.Pair transports = MemoryTransport.pair();
        Recorder recorder = new Recorder();
        Session client =
                Session.client(RecordVectors.KEYS, SessionPair.ALL, transports.client(), recorder, TestConfig.QUICK);
        RawPeer device = new RawPeer(RelayRole.DEVICE, transports.device());
        device.send(RecordType.OPEN, Frames.open(2, "terminal", "{}"));
        ByteBuffer reset = device.next(RecordType.RESET);
        assertThat(reset.getInt()).isEqualTo(2);
        assertThat((int) reset.getShort()).isEqualTo(EndReason.NO_SUCH_SERVICE.code());
        assertThat(client.isRunning()).isTrue();
        client.close();
    }

    @Test
    void resumeOnTheFirstTransportIsRejected() throws Exception {
        Setup setup = new Setup();
        setup.client.confirm();
        byte[] resume = new ResumeRecord(RecordVectors.KEYS.sid(), "relay-1", 1, 0).bytes();
        setup.transports.client().send(setup.client.codec.sealControl(resume, 0, resume.length));
        assertThat(Recorder.within(setup.recorder.sessionEnded).reason()).isEqualTo(EndReason.RECORD_REJECTED);
    }

    @Test
    void unknownServiceAndBadArgumentsAreResetsNotViolations() throws Exception {
        Setup setup = new Setup();
        setup.client.confirm();
        setup.client.send(RecordType.OPEN, Frames.open(1, "no-such-service", "{}"));
        ByteBuffer unknown = setup.client.next(RecordType.RESET);
        assertThat(unknown.getInt()).isEqualTo(1);
        assertThat((int) unknown.getShort()).isEqualTo(EndReason.NO_SUCH_SERVICE.code());
        setup.client.send(RecordType.OPEN, Frames.open(3, "terminal", "[]"));
        ByteBuffer bad = setup.client.next(RecordType.RESET);
        assertThat(bad.getInt()).isEqualTo(3);
        assertThat((int) bad.getShort()).isEqualTo(EndReason.BAD_ARGUMENTS.code());
        assertThat(setup.recorder.sessionEnded).isNotDone();
    }

    @Test
    void thirtyThirdStreamOfAPeerIsReset() throws Exception {
        Setup setup = new Setup();
        setup.client.confirm();
        for (int i = 0; i <= Session.MAX_STREAMS; i++) {
            setup.client.send(RecordType.OPEN, Frames.open(2 * i + 1, "terminal", "{}"));
        }
        ByteBuffer reset = setup.client.next(RecordType.RESET);
        assertThat(reset.getInt()).isEqualTo(2 * Session.MAX_STREAMS + 1);
        assertThat((int) reset.getShort()).isEqualTo(EndReason.LIMIT.code());
    }

    @Test
    void creditIsEnforced() throws Exception {
        Setup setup = new Setup();
        setup.recorder.consume = false;
        setup.client.confirm();
        setup.client.send(OPEN);
        byte[] chunk = new byte[1 << 15];
        for (int sent = 0; sent < SessionStream.FIRST_CREDIT; sent += chunk.length) {
            setup.client.send(RecordType.DATA, Frames.data(1, chunk.length, chunk));
        }
        setup.recorder.bytes(SessionStream.FIRST_CREDIT);
        assertThat(setup.recorder.sessionEnded).isNotDone();
        setup.client.send(RecordType.DATA, Frames.data(1, 1, new byte[1]));
        setup.endsAsViolation();
    }

    @Test
    void lowerAcknowledgementIsIgnored() throws Exception {
        Setup setup = new Setup();
        setup.client.confirm();
        setup.client.send(RecordType.PING, Frames.ping(0));
        setup.client.next(RecordType.PING);
        setup.client.acknowledge();
        setup.client.send(plain(RecordType.ACK, NOTHING));
        setup.client.send(RecordType.PING, Frames.ping(0));
        setup.client.next(RecordType.PING);
        assertThat(setup.recorder.sessionEnded).isNotDone();
    }

    @Test
    void creditAndResetForAStreamThatIsOverAreIgnored() throws Exception {
        Setup setup = new Setup();
        setup.client.confirm();
        setup.client.send(OPEN);
        SessionStream stream = Recorder.take(setup.recorder.opened);
        setup.client.send(RecordType.CLOSE, Frames.close(1, 0));
        stream.finish();
        assertThat(within(setup.recorder.streamEnded)).isEqualTo(EndReason.DONE);
        setup.client.send(RecordType.CREDIT, Frames.credit(1, 1));
        setup.client.send(RecordType.RESET, Frames.reset(1, 0, ""));
        setup.client.send(RecordType.PING, Frames.ping(0));
        setup.client.next(RecordType.PING);
        assertThat(setup.recorder.sessionEnded).isNotDone();
    }

    @Test
    void whatComesAfterAResetWasAcknowledgedIsAViolation() throws Exception {
        Setup setup = new Setup();
        setup.client.confirm();
        setup.client.send(OPEN);
        Recorder.take(setup.recorder.opened).reset(EndReason.FAILED, "");
        setup.client.next(RecordType.RESET);
        setup.client.send(RecordType.DATA, Frames.data(1, 1, new byte[1]));
        setup.client.acknowledge();
        setup.client.send(RecordType.DATA, Frames.data(1, 1, new byte[1]));
        setup.endsAsViolation();
    }

    @Test
    void peerThatAcknowledgesNothingIsBoundedAndEnded() throws Exception {
        Setup setup = new Setup();
        setup.client.confirm();
        // replies to pings take the rest of the window, then wait; the window / 42 bytes and 1,024 more
        int enough = Sender.WINDOW / 42 + 2_000;
        for (int i = 0; i < enough; i++) {
            setup.client.send(RecordType.PING, Frames.ping(0));
        }
        SessionEnd end = within(setup.recorder.sessionEnded);
        assertThat(end.reason()).isEqualTo(EndReason.LIMIT);
    }

    @Test
    void recordsOfTheSpecifiedSizesAreWhatTheReserveRecognises() {
        byte[] ack = plain(RecordType.ACK, NOTHING);
        RecordCodec codec = RecordCodec.AES_256_GCM.create(RelayRole.CLIENT, RecordVectors.KEYS);
        assertThat(codec.sealData(ack, 0, ack.length)).hasSize(RecordCodec.HEADER + RecordCodec.TAG + Sender.HEADER);
    }
}
