package org.bascule.agent.desktop.rfb;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** Whole messages to the client, one after the other. Thread-safe. */
final class RfbOutput {

    /** Answers that wait; a client that asks for more without taking them is not served. */
    static final int MAX_LATER = 16;

    private final OutputStream out;
    private final BlockingQueue<Packet> later = new ArrayBlockingQueue<>(MAX_LATER);

    RfbOutput(OutputStream out) {
        this.out = out;
    }

    /** Blocks while the client takes nothing: never on the thread that reads, which must hear that a right is gone. */
    synchronized void send(Packet message) throws IOException {
        out.write(message.array(), 0, message.length());
        out.flush();
    }

    /** For {@link #sendLater} on another thread; does not block. */
    void later(Packet message) throws IOException {
        if (!later.offer(message)) {
            throw new IOException("the client asks without reading");
        }
    }

    /** Sends what waits; blocks as {@link #send} does. */
    void sendLater() throws IOException {
        for (Packet next = later.poll(); next != null; next = later.poll()) {
            send(next);
        }
    }
}
