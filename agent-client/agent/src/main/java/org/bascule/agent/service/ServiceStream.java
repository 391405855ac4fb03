package org.bascule.agent.service;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.function.Consumer;

/** One stream of a session, as a service uses it. Reading and writing block; both fail once the stream or its session is over. */
public interface ServiceStream extends EventSink {

    /** Fills a part of the buffer; -1 after the client's CLOSE. What was read gives the client credit again. */
    int read(byte[] buffer) throws IOException;

    /** Fails once the stream is over, as reading does, but also while something is left to be read. */
    void requireOpen() throws IOException;

    /** Whether the other end is within reach: while the session has lost its way there, what is sent waits. */
    default boolean isConnected() {
        return true;
    }

    /** Sends at once, waiting for credit where there is none. */
    void write(byte[] bytes, int offset, int length) throws IOException;

    /** What becomes of the client's events; called on the thread that receives, so it must not block. */
    void onEvent(Consumer<JsonObject> handler);

    /** Called once when the stream is over in whatever way; at once if it already is. */
    void onEnd(Runnable handler);

    /**
     * Lets the client send so much more ahead, if there is memory for it: for bulk over a long way.
     *
     * @return whether it does
     */
    default boolean widen(int more) {
        return false;
    }

    /** Ends this direction: CLOSE. */
    void close() throws IOException;

    /** Ends both directions with a reason that the client is told. */
    void fail(String text);
}
