package org.bascule.session.stream;

import jakarta.json.JsonObject;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.bascule.session.record.RecordCodec;
import org.bascule.session.record.RecordType;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** Takes apart what the other end sent and does what it says. Of one thread at a time: {@link Links} sees to it. */
final class Incoming {

    private static final System.Logger LOG = System.getLogger(Incoming.class.getName());

    private final Session session;
    private final StreamTable streams;
    private final KeepAlive keepAlive;
    private final ServiceHandler services;
    private final byte[] plaintext = new byte[RecordCodec.MAX_PLAINTEXT];
    private final ByteBuffer in = ByteBuffer.wrap(plaintext);

    Incoming(Session session, StreamTable streams, KeepAlive keepAlive, ServiceHandler services) {
        this.session = session;
        this.streams = streams;
        this.keepAlive = keepAlive;
        this.services = services;
    }

    byte[] plaintext() {
        return plaintext;
    }

    /**
     * The plaintext of the next record is in {@link #plaintext}.
     *
     * @param opened its length
     * @param recordLength that of the record
     */
    void received(int opened, int recordLength) throws ViolationException, WireException {
        in.clear().limit(opened);
        try {
            dispatch(recordLength);
        } catch (BufferUnderflowException e) {
            throw new ViolationException("a record is too short");
        }
    }

    private void dispatch(int recordLength) throws ViolationException, WireException {
        RecordType type = RecordType.of(in.get() & 0xff);
        keepAlive.received(type);
        List<SessionStream> writableAgain = session.account(type, in.getLong(), recordLength);
        switch (type) {
            case DATA -> receivedData();
            case ACK -> requireConsumed();
            case CREDIT -> receivedCredit();
            case OPEN -> receivedOpen();
            case CLOSE -> receivedClose();
            case RESET -> receivedReset();
            case EVENT -> receivedEvent();
            case PING -> receivedPing();
            case CONFIRM -> receivedConfirm();
            case END -> receivedEnd();
        }
        writableAgain.forEach(session::notifyWritable);
    }

    private void receivedData() throws ViolationException {
        int id = in.getInt();
        int length = in.getShort() & 0xffff;
        int offset = in.position();
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        for (int i = offset + length; i < in.limit(); i++) {
            if (plaintext[i] != 0) {
                throw new ViolationException("padding is not zero");
            }
        }
        SessionStream stream = find(id, RecordType.DATA, received -> received.countReceived(length));
        if (stream != null && length > 0) {
            StreamHandler handler = stream.handler();
            if (handler != null && !session.guarded(() -> handler.data(stream, plaintext, offset, length))) {
                stream.reset(EndReason.FAILED, "");
            }
        }
    }

    private void receivedCredit() throws ViolationException {
        int id = in.getInt();
        long more = Integer.toUnsignedLong(in.getInt());
        requireConsumed();
        boolean[] again = {false};
        SessionStream stream = find(id, RecordType.CREDIT, found -> {
            found.addCredit(more);
            again[0] = found.takeWantsWritable();
            session.writable.signalAll();
        });
        if (stream != null && again[0]) {
            session.notifyWritable(stream);
        }
    }

    private void receivedClose() throws ViolationException {
        int id = in.getInt();
        long count = in.getLong();
        requireConsumed();
        boolean[] over = {false};
        SessionStream stream = find(id, RecordType.CLOSE, found -> {
            over[0] = found.finishedByPeer(count) && session.remove(found, EndReason.DONE, "");
        });
        if (stream == null) {
            return;
        }
        StreamHandler handler = stream.handler();
        if (handler != null) {
            session.guarded(() -> handler.finished(stream));
        }
        if (over[0]) {
            stream.notifyEnded();
        }
    }

    private void receivedReset() throws ViolationException, WireException {
        int id = in.getInt();
        EndReason reason = EndReason.of(in.getShort() & 0xffff);
        String text = text();
        requireConsumed();
        SessionStream stream = find(id, RecordType.RESET, found -> session.remove(found, reason, text));
        if (stream != null) {
            stream.notifyEnded();
        }
    }

    private void receivedEvent() throws ViolationException, WireException {
        int id = in.getInt();
        JsonObject event = StrictJson.parse(text(), 0xffff).object();
        requireConsumed();
        SessionStream stream = find(id, RecordType.EVENT, SessionStream::requireNotFinishedByPeer);
        if (stream != null) {
            StreamHandler handler = stream.handler();
            if (handler != null && !session.guarded(() -> handler.event(stream, event))) {
                stream.reset(EndReason.FAILED, "");
            }
        }
    }

    private void receivedOpen() throws ViolationException {
        int id = in.getInt();
        String name = text();
        String arguments = text();
        requireConsumed();
        Optional<Service> service = Service.of(name);
        SessionStream stream;
        session.lock.lock();
        try {
            streams.claim(id);
            stream = accept(id, service);
        } finally {
            session.lock.unlock();
        }
        if (stream != null) {
            begin(stream, arguments);
        } else if (!session.isClient() && service.isPresent() && !service.get().permittedBy(session.granted())) {
            session.notPermitted(name);
        }
    }

    /** With the lock: the stream, or null if it was refused. */
    private @Nullable SessionStream accept(int id, Optional<Service> service) {
        if (session.isClient() || service.isEmpty()) {
            session.sendReset(id, EndReason.NO_SUCH_SERVICE, "");
            return null;
        }
        if (!service.get().permittedBy(session.granted())) {
            session.sendReset(id, EndReason.NOT_PERMITTED, "");
            return null;
        }
        if (streams.isFull(service.get())) {
            session.sendReset(id, EndReason.LIMIT, service.get().most() + " streams are open");
            return null;
        }
        return streams.accept(id, service.get());
    }

    private void begin(SessionStream stream, String arguments) {
        try {
            JsonObject parsed = StrictJson.parse(arguments, 0xffff).object();
            StreamHandler handler = services.open(stream, stream.service(), parsed);
            boolean over;
            session.lock.lock();
            try {
                stream.handledBy(handler);
                over = !stream.isOpen();
            } finally {
                session.lock.unlock();
            }
            if (over) {
                // whoever ended it meanwhile found nobody to tell
                stream.notifyEnded();
            }
        } catch (StreamRefusedException e) {
            stream.reset(e.reason(), String.valueOf(e.getMessage()));
        } catch (WireException e) {
            stream.reset(EndReason.BAD_ARGUMENTS, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "opening " + stream + " of session " + session.sid() + " failed", e);
            stream.reset(EndReason.FAILED, "");
        }
    }

    private void receivedPing() throws ViolationException {
        int kind = in.get();
        long value = in.getLong();
        requireConsumed();
        session.lock.lock();
        try {
            keepAlive.received(kind, value);
        } finally {
            session.lock.unlock();
        }
    }

    private void receivedConfirm() throws ViolationException {
        byte[] value = new byte[32];
        in.get(value);
        requireConsumed();
        session.confirmed(value);
    }

    private void receivedEnd() throws ViolationException, WireException {
        long count = in.getLong();
        EndReason reason = EndReason.of(in.getShort() & 0xffff);
        String text = text();
        requireConsumed();
        session.endedByPeer(count, reason, text);
    }

    @FunctionalInterface
    private interface StreamAction {
        void apply(SessionStream stream) throws ViolationException;
    }

    /** Does something to a stream with the lock held. Null if the record is to be ignored: it was sent before the other end knew that the stream is over. */
    private @Nullable SessionStream find(int id, RecordType type, StreamAction action) throws ViolationException {
        boolean mayBeLate = type == RecordType.CREDIT || type == RecordType.RESET;
        session.lock.lock();
        try {
            if (!session.isRunning()) {
                return null;
            }
            Optional<SessionStream> stream = streams.find(id, mayBeLate);
            if (stream.isEmpty()) {
                return null;
            }
            action.apply(stream.get());
            return stream.get();
        } finally {
            session.lock.unlock();
        }
    }

    private String text() {
        byte[] bytes = new byte[in.getShort() & 0xffff];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private void requireConsumed() throws ViolationException {
        if (in.hasRemaining()) {
            throw new ViolationException(in.remaining() + " extra bytes");
        }
    }
}
