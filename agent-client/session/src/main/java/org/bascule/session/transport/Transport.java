package org.bascule.session.transport;

/** A way for messages between the two ends of a session. Thread-safe. */
public interface Transport {

    /** Takes what arrives. Called by one thread at a time. */
    interface Receiver {

        /** A binary message. The buffer belongs to the transport and is used again after the call. Until it returns, nothing more is delivered. */
        void message(byte[] buffer, int offset, int length);

        /** The last call, once: nothing more arrives, nothing more can be sent. */
        void closed(TransportEnd end);
    }

    /** Begins to deliver. Called once. */
    void start(Receiver receiver);

    /**
     * Sends a message after all earlier ones, at once if the way is free. Never blocks. The array is not copied and must not change before the other
     * end has it. What cannot be sent any more is dropped: {@link Receiver#closed} tells.
     */
    void send(byte[] message);

    /** Closes after what was sent before. */
    void close();

    /** Closes at once. */
    void abort();
}
