package org.bascule.session.stream;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.bascule.session.handshake.HandshakeVectors;
import org.bascule.session.handshake.SessionKeys;
import org.bascule.session.noise.Hkdf;
import org.bascule.session.record.RecordCodec;
import org.bascule.session.record.RecordCodecs;
import org.bascule.session.record.RecordException;
import org.bascule.session.record.RecordType;
import org.bascule.session.record.ResumeRecord;
import org.bascule.session.service.ProcessExit;
import org.bascule.session.service.TerminalSize;
import org.bascule.wire.Bytes;
import org.bascule.wire.Json;
import org.bascule.wire.relay.RelayRole;

/** Records of a short session and around the change of keys, with the keys of the handshake's vectors: {@code records.json}. */
final class RecordVectors {

    static final SessionKeys KEYS = HandshakeVectors.keys();
    private static final int PROCESS = 3;
    private static final int TERMINAL = 1;

    private final CapturingTransport wire = new CapturingTransport();
    private final RecordCodec clientCodec = RecordCodec.AES_256_GCM.create(RelayRole.CLIENT, KEYS);
    private final RecordCodec deviceCodec = RecordCodec.AES_256_GCM.create(RelayRole.DEVICE, KEYS);
    private final Sender client = new Sender(clientCodec, Sender.WINDOW, MemoryBudget.UNLIMITED);
    private final Sender device = new Sender(deviceCodec, Sender.WINDOW, MemoryBudget.UNLIMITED);

    {
        client.use(wire);
        device.use(wire);
    }

    private final byte[] plaintext = new byte[RecordCodec.MAX_PLAINTEXT];
    private final JsonArrayBuilder records = Json.createArrayBuilder();

    private RecordVectors() {}

    static JsonObject produce() throws RecordException, ViolationException {
        return new RecordVectors().all();
    }

    private JsonObject all() throws RecordException, ViolationException {
        session();
        return Json.createObjectBuilder()
                .add(
                        "about",
                        "Records of session.md under the keys of handshake.json. Bytes are hexadecimal. 'from' is who sends. The records of a session are in the order in which they were sent; everything sent before was received.")
                .add("kClient", hex(KEYS.revealClientToAgent()))
                .add("kAgent", hex(KEYS.revealAgentToClient()))
                .add("client", keys(KEYS.revealClientToAgent()))
                .add("agent", keys(KEYS.revealAgentToClient()))
                .add("session", records)
                .add("control", control())
                .add("rekey", rekey())
                .add("padding", padding())
                .add("refused", refused())
                .build();
    }

    private static JsonObjectBuilder keys(byte[] k) {
        return Json.createObjectBuilder()
                .add("kData", hex(Hkdf.expand(k, ascii("bascule/1 data"), 32)))
                .add("kControl", hex(Hkdf.expand(k, ascii("bascule/1 control"), 32)));
    }

    private void session() throws RecordException, ViolationException {
        client.control(RecordType.CONFIRM, KEYS.confirmation());
        record("client", "CONFIRM", "the first record");
        client.control(RecordType.OPEN, open(TERMINAL, "terminal", new TerminalSize(80, 24).toJson()));
        record("client", "OPEN", "a terminal");
        device.control(RecordType.EVENT, event(TERMINAL, ProcessExit.openedEvent("operator")));
        record("agent", "EVENT", "the terminal is open");
        client.data(TERMINAL, ascii("ls\r"), 0, 3, true);
        record("client", "DATA", "what was typed, padded to 64 bytes");
        byte[] listing = ascii("drwxr-xr-x 2 operator operator 4096 notes\r\n".repeat(3));
        device.data(TERMINAL, listing, 0, listing.length, true);
        record("agent", "DATA", "what the terminal prints, padded to 256 bytes");
        client.control(RecordType.EVENT, event(TERMINAL, new TerminalSize(132, 43).toResizeEvent()));
        record("client", "EVENT", "the window was resized");
        client.acknowledgeNow();
        record("client", "ACK", "an acknowledgement of its own");
        device.control(
                RecordType.CREDIT,
                ByteBuffer.allocate(8).putInt(TERMINAL).putInt(65_536).array());
        record("agent", "CREDIT", "65,536 bytes more");
        client.control(
                RecordType.PING, ByteBuffer.allocate(9).put((byte) 0).putLong(1).array());
        record("client", "PING", "a request");
        device.control(
                RecordType.PING, ByteBuffer.allocate(9).put((byte) 1).putLong(1).array());
        record("agent", "PING", "its reply");
        client.control(
                RecordType.OPEN,
                open(
                        PROCESS,
                        "process",
                        Json.createObjectBuilder().add("shell", "id").build()));
        record("client", "OPEN", "a second stream");
        device.control(
                RecordType.RESET, Bytes.writer().u32(PROCESS).u16(1).lp("").toByteArray());
        record("agent", "RESET", "which the ticket does not allow");
        client.data(PROCESS, ascii("x"), 0, 1, false);
        record("client", "DATA", "not padded; sent before the reset was seen, ignored");
        device.control(RecordType.EVENT, event(TERMINAL, ProcessExit.code(0).toEvent()));
        record("agent", "EVENT", "the shell exited");
        device.control(
                RecordType.CLOSE,
                ByteBuffer.allocate(12).putInt(TERMINAL).putLong(listing.length).array());
        record("agent", "CLOSE", "the agent's direction ends");
        client.control(
                RecordType.CLOSE,
                ByteBuffer.allocate(12).putInt(TERMINAL).putLong(3).array());
        record("client", "CLOSE", "and the client's");
        client.end(Bytes.writer()
                .u64(client.next())
                .u16(EndReason.DONE.code())
                .lp("bye")
                .toByteArray());
        record("client", "END", "the end of the session");
    }

    /** Notes the record that was sent last, which the other end receives. */
    private void record(String from, String type, String note) throws RecordException, ViolationException {
        byte[] record = wire.last();
        RecordCodec receiver = from.equals("client") ? deviceCodec : clientCodec;
        int length = receiver.open(record, 0, record.length, plaintext);
        long ack = ByteBuffer.wrap(plaintext).getLong(1);
        (from.equals("client") ? device : client).acknowledge(ack);
        records.add(Json.createObjectBuilder()
                .add("from", from)
                .add("type", type)
                .add("note", note)
                .add("sequence", ByteBuffer.wrap(record).getLong())
                .add("ack", ack)
                .add("plaintext", hex(Arrays.copyOf(plaintext, length)))
                .add("record", hex(record)));
    }

    private static JsonArrayBuilder control() {
        RecordCodec codec = RecordCodec.AES_256_GCM.create(RelayRole.CLIENT, KEYS);
        JsonArrayBuilder out = Json.createArrayBuilder();
        for (ResumeRecord resume : new ResumeRecord[] {
            new ResumeRecord(KEYS.sid(), "relay-2", 1, 17), new ResumeRecord(KEYS.sid(), "relay-1", 2, 1_048_577)
        }) {
            byte[] bytes = resume.bytes();
            out.add(Json.createObjectBuilder()
                    .add("from", "client")
                    .add("type", "RESUME")
                    .add("relay", resume.relay())
                    .add("attempt", resume.attempt())
                    .add("next", resume.next())
                    .add("plaintext", hex(bytes))
                    .add("record", hex(codec.sealControl(bytes, 0, bytes.length))));
        }
        return out;
    }

    private static JsonArrayBuilder rekey() {
        JsonArrayBuilder out = Json.createArrayBuilder();
        for (long start : new long[] {(1L << 20) - 1, 3L << 20}) {
            RecordCodec codec = RecordCodecs.startingAt(start, RelayRole.CLIENT, KEYS);
            JsonArrayBuilder sealed = Json.createArrayBuilder();
            for (int i = 0; i < 2; i++) {
                long sequence = codec.sent();
                byte[] plain =
                        Bytes.writer().u8(RecordType.ACK.code()).u64(sequence).toByteArray();
                sealed.add(Json.createObjectBuilder()
                        .add("sequence", sequence)
                        .add("plaintext", hex(plain))
                        .add("record", hex(codec.sealData(plain, 0, plain.length))));
            }
            out.add(Json.createObjectBuilder()
                    .add("from", "client")
                    .add("start", start)
                    .add("records", sealed));
        }
        return out;
    }

    private static JsonArrayBuilder padding() {
        JsonArrayBuilder out = Json.createArrayBuilder();
        for (int length : new int[] {1, 15, 16, 63, 64, 65, 128, 129, 256, 257, 512, 513, 1_024, 1_025, 2_048, 2_049}) {
            out.add(Json.createObjectBuilder().add("length", length).add("padded", Padding.padded(length)));
        }
        return out;
    }

    private static JsonArrayBuilder refused() {
        JsonArrayBuilder out = Json.createArrayBuilder();
        byte[] ack = Bytes.writer().u8(RecordType.ACK.code()).u64(0).toByteArray();
        RecordCodec codec = RecordCodec.AES_256_GCM.create(RelayRole.CLIENT, KEYS);
        byte[] first = codec.sealData(ack, 0, ack.length);
        byte[] second = codec.sealData(ack, 0, ack.length);
        byte[] control = codec.sealControl(ack, 0, ack.length);
        byte[] flipped = first.clone();
        flipped[flipped.length - 1] ^= 1;
        byte[] asControl = first.clone();
        asControl[0] = (byte) 0x80;
        byte[] asData = control.clone();
        asData[0] = 0;
        byte[] highCounter = control.clone();
        highCounter[5] = 0x10;
        byte[] reflected =
                RecordCodec.AES_256_GCM.create(RelayRole.DEVICE, KEYS).sealData(ack, 0, ack.length);
        out.add(refusal("the last bit of the tag flipped", RecordException.Reason.BAD_TAG, flipped));
        out.add(refusal("cut by one byte", RecordException.Reason.BAD_TAG, Arrays.copyOf(first, first.length - 1)));
        out.add(refusal("a byte after it", RecordException.Reason.BAD_TAG, Arrays.copyOf(first, first.length + 1)));
        out.add(refusal("the second before the first", RecordException.Reason.GAP, second));
        out.add(refusal("the first twice", RecordException.Reason.DUPLICATE, first, first));
        out.add(refusal("a data record as a control record", RecordException.Reason.BAD_TAG, asControl));
        out.add(refusal("a control record as a data record", RecordException.Reason.BAD_TAG, asData));
        out.add(refusal("a control record twice", RecordException.Reason.BAD_COUNTER, control, control));
        out.add(refusal("a control counter of 2^20", RecordException.Reason.BAD_COUNTER, highCounter));
        out.add(refusal("the agent's record sent back to it", RecordException.Reason.BAD_TAG, reflected));
        out.add(refusal("an empty plaintext", RecordException.Reason.TOO_SHORT, Arrays.copyOf(first, 24)));
        out.add(refusal("nothing", RecordException.Reason.TOO_SHORT, new byte[0]));
        return out;
    }

    private static JsonObjectBuilder refusal(String name, RecordException.Reason reason, byte[]... records) {
        JsonArrayBuilder list = Json.createArrayBuilder();
        for (byte[] record : records) {
            list.add(hex(record));
        }
        return Json.createObjectBuilder()
                .add("name", name)
                .add("at", "agent")
                .add("records", list)
                .add("reason", reason.name());
    }

    private static byte[] open(int stream, String service, JsonObject arguments) {
        return Bytes.writer().u32(stream).lp(service).lp(arguments.toString()).toByteArray();
    }

    private static byte[] event(int stream, JsonObject event) {
        return Bytes.writer().u32(stream).lp(event.toString()).toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
