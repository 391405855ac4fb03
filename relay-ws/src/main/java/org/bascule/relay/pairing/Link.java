package org.bascule.relay.pairing;

import java.nio.ByteBuffer;
import org.bascule.wire.relay.RelayClose;

/**
 * A connection to one end, as pairing needs it. Implementations keep the order of what is sent and may be called from any thread.
 *
 * <p>Nothing here throws: a connection that fails reports it by ending.
 */
public interface Link {

    /** Who is there, for limits and the log: a network address without port. */
    String address();

    void sendText(String text);

    /**
     * Sends without waiting, at the latest with the next {@link #flush}. The buffer has an array; what is in it before the message may be overwritten, and the caller may use it again when this returns.
     *
     * @param sent called once, on any thread, maybe before this returns
     */
    void sendBinary(ByteBuffer message, Sent sent);

    /** What was handed over goes out. */
    void flush();

    /** Looks whether what was handed over could be sent: a failure after that is told to nobody by itself. Does not wait; the end is told as any other. */
    void check();

    /** Closes after what was handed over already. Returns at once and does the work on another thread. */
    void close(RelayClose reason, String detail);

    /** How a message went. */
    @FunctionalInterface
    interface Sent {
        /** Called when the container has the message no longer; it may hold locks, so nothing slow and no closing happens in here. */
        void done(boolean ok);
    }
}
