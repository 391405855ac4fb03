package org.bascule.session.stream;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bascule.wire.Operations;

/** The streams of a session, and which ids were used. All of it is guarded by the session's lock. */
final class StreamTable {

    private final Session session;
    private final boolean client;
    private final MemoryBudget budget;
    private final Map<Integer, SessionStream> streams = new LinkedHashMap<>();
    /** Streams that this end reset, with the sequence of the RESET: until that is acknowledged, the other end may not know. */
    private final Map<Integer, Long> resets = new HashMap<>();

    private int nextOwnId;
    private int lastPeerId;
    private int enlarged;

    StreamTable(Session session, boolean client, MemoryBudget budget) {
        this.session = session;
        this.client = client;
        this.budget = budget;
        this.nextOwnId = client ? 1 : 2;
    }

    /** A stream that this end opens. */
    SessionStream add(Service service, StreamHandler handler) throws StreamEndedException {
        if (isFull(service)) {
            throw new StreamEndedException(EndReason.LIMIT, service.most() + " streams are open");
        }
        SessionStream stream = new SessionStream(session, nextOwnId, service);
        nextOwnId += 2;
        stream.handledBy(handler);
        streams.put(stream.id(), stream);
        return stream;
    }

    boolean isFull(Service service) {
        return streams.size() >= service.most()
                && streams.values().stream()
                                .filter(stream -> stream.service().most() == service.most())
                                .count()
                        >= service.most();
    }

    /** Notes the id of an {@code OPEN} of the other end. */
    void claim(int id) throws ViolationException {
        if (isOwn(id) || Integer.compareUnsigned(id, lastPeerId) <= 0) {
            throw new ViolationException("a stream with the id " + Integer.toUnsignedString(id));
        }
        lastPeerId = id;
    }

    /** A stream that the other end opened. */
    SessionStream accept(int id, Service service) {
        SessionStream stream = new SessionStream(session, id, service);
        streams.put(id, stream);
        return stream;
    }

    /**
     * The open stream of this id; empty if a record for it is to be ignored, because it was sent before the other end knew that the stream is over.
     *
     * @param mayBeLate whether the two ends may have sent such records at the same time as what ended the stream
     */
    Optional<SessionStream> find(int id, boolean mayBeLate) throws ViolationException {
        SessionStream stream = streams.get(id);
        if (stream != null) {
            return Optional.of(stream);
        }
        boolean known = Integer.compareUnsigned(id, isOwn(id) ? nextOwnId - 2 : lastPeerId) <= 0 && id != 0;
        if (known && mayBeLate || resets.containsKey(id)) {
            return Optional.empty();
        }
        throw new ViolationException("a record for stream " + Integer.toUnsignedString(id) + ", which is not open");
    }

    private boolean isOwn(int id) {
        return ((id & 1) == 1) == client;
    }

    /** This end resets a stream. */
    void reset(int id, long sequence) {
        resets.put(id, sequence);
    }

    void acknowledged(long count) {
        if (!resets.isEmpty()) {
            resets.values().removeIf(sequence -> sequence < count);
        }
    }

    boolean remove(SessionStream stream) {
        return streams.remove(stream.id(), stream);
    }

    List<SessionStream> removeAll() {
        List<SessionStream> all = new ArrayList<>(streams.values());
        streams.clear();
        return all;
    }

    List<SessionStream> notGranted(Operations granted) {
        return streams.values().stream()
                .filter(stream -> !stream.service().permittedBy(granted))
                .toList();
    }

    /** Those that asked for it and can go on now. */
    List<SessionStream> takeWritable() {
        List<SessionStream> found = List.of();
        for (SessionStream stream : streams.values()) {
            if (stream.takeWantsWritable()) {
                found = found.isEmpty() ? new ArrayList<>() : found;
                found.add(stream);
            }
        }
        return found;
    }

    /** Lends a stream so many bytes for more credit, if this session may and the budget has them. */
    boolean lend(int bytes) {
        if (enlarged >= Session.MAX_ENLARGED || !budget.tryTake(bytes)) {
            return false;
        }
        enlarged++;
        return true;
    }

    /** What {@link #lend} gave. */
    void takeBack(int bytes) {
        enlarged--;
        budget.giveBack(bytes);
    }
}
