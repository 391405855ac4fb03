package org.bascule.websocket;

import java.nio.ByteBuffer;

/**
 * A WebSocket as whoever sends on it needs it. Implementations keep the order of what is sent and may be called from any thread.
 *
 * <p>Nothing here throws: a socket that fails reports it by ending ({@link Receiver#ended}).
 */
public interface Link {

    /** Who is there, for limits and the log: a network address without port. */
    String address();

    /** The same without being told how it went. */
    default void sendText(String text) {
        sendText(text, ok -> {});
    }

    /**
     * Sends without waiting.
     *
     * @param sent called once, on any thread, maybe before this returns
     */
    void sendText(String text, Sent sent);

    /**
     * Sends without waiting, at the latest with the next {@link #flush}. The buffer has an array; what is in it before the message may be overwritten, and the caller may use it again when this returns.
     *
     * @param sent called once, on any thread, maybe before this returns
     */
    void sendBinary(ByteBuffer message, Sent sent);

    /** What was handed over goes out. */
    void flush();

    /**
     * The {@link Receiver} takes no time for what comes from now on, since it only passes it on: it is called on the thread that waits for what arrives, and that waits for others too. Until then it may take
     * its time, on a thread of its own. From now on no more is kept for this socket, beside what whoever sends is told of, than what the socket did not take of one write and 64 KiB of small messages.
     */
    void stayOnEventLoop();

    /** Looks whether what was handed over could be sent: a failure after that is told to nobody by itself. Does not wait; the end is told as any other. */
    void check();

    /**
     * Closes after what was handed over already. Returns at once and does the work on another thread.
     *
     * @param code of RFC 6455, section 7.4
     * @param reason ASCII; what is above 123 bytes is cut
     */
    void close(int code, String reason);

    /** The same for somebody who is to have nothing here: time to answer is given to the last so many of them alone, so that strangers do not use up the sockets by being refused. */
    default void dismiss(int code, String reason) {
        close(code, reason);
    }

    /** How a message went. */
    @FunctionalInterface
    interface Sent {
        /** Called when the container has the message no longer; it may hold locks, so nothing slow and no closing happens in here. */
        void done(boolean ok);
    }
}
