package org.bascule.web.socket;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.bascule.websocket.CloseCode;
import org.bascule.websocket.Link;

/**
 * Text messages to one WebSocket, in the order of the calls, with a bound on what it has not taken.
 *
 * <p>Guarantees: no call waits or throws; a peer that lets more than {@code maxChars} or {@code maxMessages} pile up, or that has taken nothing for
 * {@value #STUCK_SECONDS} s when the next message is due, is closed with 1013.
 */
public final class Outgoing {

    static final int STUCK_SECONDS = 20;

    private final Link link;
    private final int maxMessages;
    private final int maxChars;
    private final LongSupplier nanos;

    // guarded by this
    private int messages;
    private int chars;
    /** When the peer took something last, or began to have something to take. */
    private long since;

    private boolean closed;

    public Outgoing(Link link, int maxMessages, int maxChars) {
        this(link, maxMessages, maxChars, System::nanoTime);
    }

    Outgoing(Link link, int maxMessages, int maxChars, LongSupplier nanos) {
        this.link = link;
        this.maxMessages = maxMessages;
        this.maxChars = maxChars;
        this.nanos = nanos;
    }

    /** Sends a message. After {@link #close} it has no effect. */
    public void send(String text) {
        int length = text.length();
        synchronized (this) {
            if (closed) {
                return;
            }
            if (messages == 0) {
                since = nanos.getAsLong();
            }
            boolean stuck = nanos.getAsLong() - since > TimeUnit.SECONDS.toNanos(STUCK_SECONDS);
            closed = stuck || messages >= maxMessages || chars + length > maxChars;
            if (!closed) {
                messages++;
                chars += length;
                // with the lock, so that the order is that of the calls; nothing waits in there
                link.sendText(text, ok -> taken(length));
                return;
            }
        }
        link.close(CloseCode.TRY_AGAIN_LATER, "too slow");
    }

    private synchronized void taken(int length) {
        messages--;
        chars -= length;
        since = nanos.getAsLong();
    }

    /** {@link Link#stayOnEventLoop} of the socket. */
    public void stayOnEventLoop() {
        link.stayOnEventLoop();
    }

    /**
     * Closes after what was sent before.
     *
     * @param code one of {@link CloseCode}
     */
    public void close(int code, String reason) {
        if (end()) {
            link.close(code, reason);
        }
    }

    /** As {@link #close}, of a stranger: {@link Link#dismiss}. */
    public void dismiss(int code, String reason) {
        if (end()) {
            link.dismiss(code, reason);
        }
    }

    /** Whether it had not ended before. */
    private synchronized boolean end() {
        boolean first = !closed;
        closed = true;
        return first;
    }

    /** The socket is gone: nothing is sent any more. */
    public synchronized void gone() {
        closed = true;
    }
}
