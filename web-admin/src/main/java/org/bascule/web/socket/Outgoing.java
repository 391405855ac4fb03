package org.bascule.web.socket;

import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The bounded queue of text messages to one WebSocket. Messages leave in the order of the calls, one at a time.
 *
 * <p>Guarantees: no call waits or throws; a peer that lets more than {@code maxChars} or {@code maxMessages} pile up, or takes longer than
 * {@value #SEND_MILLIS} ms for one message, is closed with 1013.
 */
public final class Outgoing {

    static final long SEND_MILLIS = 20_000;
    private static final System.Logger LOG = System.getLogger(Outgoing.class.getName());

    /** The part of a WebSocket that is needed here. */
    public interface Wire {

        /** Begins to send; {@code done} is called once, on any thread, possibly before this returns. */
        void send(String text, Done done);

        void close(CloseReason reason);
    }

    /** What became of one message. */
    public interface Done {
        void sent(boolean ok);
    }

    private final Wire wire;
    private final int maxMessages;
    private final int maxChars;

    // all guarded by this
    private final ArrayDeque<String> queue = new ArrayDeque<>();
    private int queued;
    private boolean sending;
    private @Nullable CloseReason closing;
    private boolean closed;

    public Outgoing(Wire wire, int maxMessages, int maxChars) {
        this.wire = wire;
        this.maxMessages = maxMessages;
        this.maxChars = maxChars;
    }

    public static Outgoing to(Session session, int maxMessages, int maxChars) {
        session.getAsyncRemote().setSendTimeout(SEND_MILLIS);
        return new Outgoing(
                new Wire() {
                    @Override
                    public void send(String text, Done done) {
                        session.getAsyncRemote().sendText(text, (SendResult result) -> done.sent(result.isOK()));
                    }

                    @Override
                    public void close(CloseReason reason) {
                        try {
                            session.close(reason);
                        } catch (IOException | IllegalStateException e) {
                            LOG.log(Level.DEBUG, "socket was gone already", e);
                        }
                    }
                },
                maxMessages,
                maxChars);
    }

    /** Queues a message. After {@link #close} it has no effect. */
    public void send(String text) {
        boolean full;
        synchronized (this) {
            if (closed || closing != null) {
                return;
            }
            full = queue.size() >= maxMessages || queued + text.length() > maxChars;
            if (!full) {
                queue.add(text);
                queued += text.length();
            }
        }
        if (full) {
            drop(new CloseReason(CloseCodes.TRY_AGAIN_LATER, "too slow"));
        } else {
            pump();
        }
    }

    /** Closes after what is queued was sent. */
    public void close(CloseReason reason) {
        synchronized (this) {
            if (closed || closing != null) {
                return;
            }
            closing = reason;
        }
        pump();
    }

    /** The socket is gone: nothing is sent any more. */
    public synchronized void gone() {
        closed = true;
        queue.clear();
        queued = 0;
    }

    /** Sends the next message unless one is under way; closes when the last one before {@link #close} was sent. */
    private void pump() {
        String next;
        CloseReason reason;
        synchronized (this) {
            if (sending || closed) {
                return;
            }
            next = queue.poll();
            reason = closing;
            if (next != null) {
                queued -= next.length();
                sending = true;
            }
        }
        if (next != null) {
            begin(next);
        } else if (reason != null) {
            drop(reason);
        }
    }

    private void begin(String text) {
        try {
            wire.send(text, this::done);
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "socket does not take messages any more", e);
            done(false);
        }
    }

    private void done(boolean ok) {
        synchronized (this) {
            sending = false;
        }
        if (ok) {
            pump();
        } else {
            drop(new CloseReason(CloseCodes.TRY_AGAIN_LATER, "not sent"));
        }
    }

    /** Closes at once; without the lock, because closing calls the endpoint back. */
    private void drop(CloseReason reason) {
        synchronized (this) {
            if (closed) {
                return;
            }
            gone();
        }
        wire.close(reason);
    }
}
