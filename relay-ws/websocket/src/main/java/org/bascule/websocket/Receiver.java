package org.bascule.websocket;

import java.nio.ByteBuffer;

/**
 * Who hears what comes on a WebSocket: one message at a time, in order. What takes long is done elsewhere, while {@link #pause} says that nothing more is to be read.
 */
public interface Receiver {

    /** So many bytes have come, frames and all. What is in them follows; of frames that hold nothing for the receiver it hears here alone. */
    default void came(int bytes) {}

    /** Of what has come for now a message that is not complete takes so many bytes of memory; 0 where there is none. */
    default void holds(int bytes) {}

    void text(String message);

    /** The bytes from the buffer's position to its limit, until this returns. Some bytes before them may be overwritten ({@link Link#sendBinary}). */
    void binary(ByteBuffer message);

    /** A message above the limit came; it is dropped, and nothing follows. The receiver closes. */
    void tooLong();

    /** What has come for now was handed over. */
    default void flush() {}

    /** Whether nothing more is to be read for now. If so, {@code resume} is called once when it is again. */
    default boolean pause(Runnable resume) {
        return false;
    }

    /** The peer closes, in order or because it broke the protocol: nothing more comes from it or goes to it. */
    default void gone() {}

    /** The connection is no more, by whatever end. Called on a thread of its own; once, or twice where the end comes at the same moment as the receiver. */
    void ended();
}
