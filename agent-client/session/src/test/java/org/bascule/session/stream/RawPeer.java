package org.bascule.session.stream;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bascule.session.record.RecordCodec;
import org.bascule.session.record.RecordException;
import org.bascule.session.record.RecordType;
import org.bascule.session.transport.MemoryTransport;
import org.bascule.session.transport.Transport;
import org.bascule.session.transport.TransportEnd;
import org.bascule.wire.Bytes;
import org.bascule.wire.relay.RelayRole;

/** An end that has the keys and sends whatever a test wants. It acknowledges and answers nothing by itself. */
final class RawPeer implements Transport.Receiver {

    private static final long WAIT_SECONDS = 20;

    final RecordCodec codec;
    final MemoryTransport transport;
    private final BlockingQueue<byte[]> plaintexts = new LinkedBlockingQueue<>();
    private final BlockingQueue<TransportEnd> ends = new LinkedBlockingQueue<>();
    private final byte[] buffer = new byte[RecordCodec.MAX_PLAINTEXT];

    RawPeer(RelayRole role, MemoryTransport transport) {
        this.codec = RecordCodec.AES_256_GCM.create(role, RecordVectors.KEYS);
        this.transport = transport;
        transport.start(this);
    }

    @Override
    public void message(byte[] bytes, int offset, int length) {
        try {
            int opened = codec.open(bytes, offset, length, buffer);
            plaintexts.add(Arrays.copyOf(buffer, opened));
        } catch (RecordException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void closed(TransportEnd end) {
        ends.add(end);
    }

    /** {@code type ‖ ack 0 ‖ body}. */
    byte[] plaintext(RecordType type, byte[] body) {
        return Bytes.writer().u8(type.code()).u64(0).bytes(body).toByteArray();
    }

    byte[] seal(byte[] plaintext) {
        return codec.sealData(plaintext, 0, plaintext.length);
    }

    void send(byte[] plaintext) {
        transport.send(seal(plaintext));
    }

    void send(RecordType type, byte[] body) {
        send(plaintext(type, body));
    }

    void confirm() {
        send(RecordType.CONFIRM, RecordVectors.KEYS.confirmation());
    }

    /** An acknowledgement of everything received so far. */
    void acknowledge() {
        send(Bytes.writer().u8(RecordType.ACK.code()).u64(codec.received()).toByteArray());
    }

    /** The body of the next record of that type; others are passed over. */
    ByteBuffer next(RecordType type) throws InterruptedException {
        while (true) {
            byte[] plaintext = plaintexts.poll(WAIT_SECONDS, TimeUnit.SECONDS);
            if (plaintext == null) {
                throw new AssertionError("no " + type + " came");
            }
            if (plaintext[0] == type.code()) {
                return ByteBuffer.wrap(plaintext).position(Sender.HEADER).slice();
            }
        }
    }

    int received() {
        return plaintexts.size();
    }

    TransportEnd end() throws InterruptedException {
        TransportEnd end = ends.poll(WAIT_SECONDS, TimeUnit.SECONDS);
        if (end == null) {
            throw new AssertionError("the transport was not closed");
        }
        return end;
    }
}
