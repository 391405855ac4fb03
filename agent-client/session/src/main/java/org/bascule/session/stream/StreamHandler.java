package org.bascule.session.stream;

import jakarta.json.JsonObject;

/**
 * Takes what happens on one stream. Called by the thread that received the record, without a lock held, in order; only {@link #ended} may come from another
 * thread. A method must not block: what it would have to wait for goes to a thread of its own (see {@link StreamInput}). An exception resets the stream.
 */
public interface StreamHandler {

    /**
     * Bytes arrived. The buffer is used again after the call. Whoever took them calls {@link SessionStream#consumed}, at once or later, or the sender stalls.
     * A service reads to the end or ends its stream: otherwise what the stream was lent of the {@link MemoryBudget} is not given back.
     */
    void data(SessionStream stream, byte[] buffer, int offset, int length);

    /** Something beside the bytes, in order with them. */
    default void event(SessionStream stream, JsonObject event) {}

    /** The other end sends nothing more; this end may still send. */
    default void finished(SessionStream stream) {}

    /** There is credit again after {@link SessionStream#tryWrite} took less than everything. */
    default void writable(SessionStream stream) {}

    /**
     * The last call, once: the stream is over in both directions.
     *
     * @param reason {@code DONE} if both ends finished, otherwise why it was reset or how the session ended
     * @param text for people; may come from the other end, so hostile text
     */
    default void ended(SessionStream stream, EndReason reason, String text) {}
}
