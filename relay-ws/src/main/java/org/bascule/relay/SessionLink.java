package org.bascule.relay;

import jakarta.websocket.CloseReason;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.bascule.relay.pairing.Link;
import org.bascule.wire.relay.RelayClose;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket session of the container.
 *
 * <p>A session is closed on the thread that reads from it. Payara recycles the HTTP request of a connection when it is closed; if another
 * thread closes while the reading thread notices that the peer has reacted, the request is recycled twice, and the second time it may be
 * somebody else's already. So a ping is sent, and the connection is closed when its pong is read; only a peer that does not answer is closed
 * from outside. What comes before the pong is read and dropped, so that no unread data turns the close into a reset, which would lose the
 * close code.
 */
final class SessionLink implements Link {

    private static final System.Logger LOG = System.getLogger(SessionLink.class.getName());
    private static final long PONG_WITHIN_MILLIS = 3_000;

    private final Session session;
    private final RemoteEndpoint.Async remote;
    private final String address;
    private final Executor workers;
    private final ScheduledExecutorService timer;
    private final AtomicReference<@Nullable CloseReason> pending = new AtomicReference<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable Thread reader;

    /** Of the reading thread alone: this end's own handler wants the connection closed. */
    private boolean closeAfterHandling;

    /**
     * @param workers where sending may block
     * @param timer for the time that a peer has to answer
     */
    SessionLink(Session session, Executor workers, ScheduledExecutorService timer) {
        this.session = session;
        this.remote = session.getAsyncRemote();
        this.address = RemoteAddress.of(session);
        this.workers = workers;
        this.timer = timer;
    }

    /** Runs what handles a message; to be called by the reading thread for every message. */
    void handle(Runnable handler) {
        reader = Thread.currentThread();
        try {
            if (pending.get() == null) {
                handler.run();
            }
        } finally {
            reader = null;
            if (closeAfterHandling) {
                closeIfPending();
            }
        }
    }

    /** A pong came; to be called by the reading thread. */
    void pong() {
        closeIfPending();
    }

    @Override
    public String address() {
        return address;
    }

    @Override
    public void sendText(String text) {
        try {
            remote.sendText(text, result -> {});
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "not sent", e);
        }
    }

    @Override
    public void sendBinary(ByteBuffer message, Sent sent) {
        try {
            remote.sendBinary(message, result -> sent.done(result.isOK()));
        } catch (RuntimeException e) {
            // the session is closed already: its end is or was reported
            LOG.log(Level.DEBUG, "not sent", e);
            sent.done(false);
        }
    }

    @Override
    public void close(RelayClose reason, String detail) {
        CloseReason wanted = new CloseReason(CloseReason.CloseCodes.getCloseCode(reason.code()), detail);
        if (!pending.compareAndSet(null, wanted)) {
            return;
        }
        if (Thread.currentThread() == reader) {
            closeAfterHandling = true;
            return;
        }
        try {
            workers.execute(this::ping);
            timer.schedule(() -> workers.execute(this::closeIfPending), PONG_WITHIN_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // the container is stopping
            closeIfPending();
        }
    }

    private void ping() {
        try {
            remote.sendPing(ByteBuffer.allocate(0));
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "not sent", e);
        }
    }

    private void closeIfPending() {
        CloseReason wanted = pending.get();
        if (wanted == null || !closed.compareAndSet(false, true)) {
            return;
        }
        try {
            session.close(wanted);
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "closed already", e);
        }
    }
}
