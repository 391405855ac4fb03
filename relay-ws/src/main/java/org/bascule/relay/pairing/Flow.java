package org.bascule.relay.pairing;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bascule.websocket.Link;
import org.bascule.wire.relay.RelayLimits;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a pair. The reading thread hands each message straight to the receiver's connection; what the receiver has not taken is counted, and above
 * {@link FlowLimits#pausedAbove}, or above its share of what is left of the {@link Budget}, the sender is not read any more until half of that is gone. So the sender feels
 * it by TCP, and no thread waits. What one read brought is forwarded before that, so the limit is exceeded by at most two messages.
 */
final class Flow {

    private final Link to;
    private final FlowLimits limits;
    private final Budget budget;
    private final Ticker ticker;

    // guarded by this
    private long queued;
    private long messages;
    private long bytes;
    private boolean above;
    /** When the receiver took something last while too much was queued, or that began. */
    private long stuckSince;

    private boolean open = true;
    private @Nullable Runnable whenRoom;
    private @Nullable Runnable whenDrained;

    Flow(Link to, FlowLimits limits, Budget budget, Ticker ticker) {
        this.to = to;
        this.limits = limits;
        this.budget = budget;
        this.ticker = ticker;
    }

    /**
     * Forwards a message.
     *
     * @return false if the message was not taken since too much is queued: the pair has stalled
     */
    boolean forward(ByteBuffer message) {
        int size = message.remaining();
        switch (take(size)) {
            case TAKEN -> {
                to.sendBinary(message, ok -> sent(size));
                return true;
            }
            case ENDED -> {
                return true;
            }
            default -> {
                return false;
            }
        }
    }

    /** What was forwarded is on its way. */
    void flush() {
        to.flush();
    }

    private enum Taking {
        TAKEN,
        /** The receiver is leaving: nobody waits for this message. */
        ENDED,
        TOO_MUCH
    }

    private synchronized Taking take(int size) {
        if (!open) {
            return Taking.ENDED;
        }
        if (queued + size > limits.neverAbove()
                || (queued + size > unread() && budget.isExceeded())
                || !budget.take(size, queued > 0)) {
            return Taking.TOO_MUCH;
        }
        messages++;
        bytes += size;
        queued += size;
        if (!above && queued > limit()) {
            above = true;
            stuckSince = ticker.nanos();
        }
        return Taking.TAKEN;
    }

    /** More than a sender that is not read any more can have brought before that. */
    private long unread() {
        return limits.pausedAbove() + 2L * RelayLimits.MAX_MESSAGE;
    }

    private long limit() {
        return Math.min(limits.pausedAbove(), budget.share());
    }

    private void sent(int size) {
        List<Runnable> next = new ArrayList<>(2);
        synchronized (this) {
            queued -= size;
            budget.release(size);
            if (above) {
                stuckSince = ticker.nanos();
                if (queued <= limit() / 2) {
                    above = false;
                    addTo(next, whenRoom);
                    whenRoom = null;
                }
            }
            if (queued == 0) {
                addTo(next, whenDrained);
                whenDrained = null;
            }
        }
        next.forEach(Runnable::run);
    }

    private static void addTo(List<Runnable> next, @Nullable Runnable task) {
        if (task != null) {
            next.add(task);
        }
    }

    /** Whether the sender is not to be read for now. If so, {@code resume} is called once when it is again, on any thread, maybe with locks held. */
    synchronized boolean pause(Runnable resume) {
        if (!above || !open) {
            return false;
        }
        whenRoom = resume;
        return true;
    }

    /** Whether the sender is not to be read for now. */
    synchronized boolean isPaused() {
        return above && open;
    }

    /**
     * Whether too much is queued, and the receiver has taken nothing for too long. When others have used up the memory a single message is too much already; who is slow has twice as long for that one.
     */
    synchronized boolean isStalled() {
        Duration within = queued > RelayLimits.MAX_MESSAGE
                ? limits.stalledFor()
                : limits.stalledFor().multipliedBy(2);
        return open && above && ticker.nanos() - stuckSince >= within.toNanos();
    }

    /** Number of messages so far: a change shows life. */
    synchronized long messages() {
        return messages;
    }

    /** Bytes of them. */
    synchronized long bytes() {
        return bytes;
    }

    /** No more messages are taken; a paused sender is read again. {@code then} runs as soon as the receiver has everything, maybe at once. */
    void finish(Runnable then) {
        List<Runnable> next = new ArrayList<>(2);
        synchronized (this) {
            open = false;
            addTo(next, whenRoom);
            whenRoom = null;
            if (queued > 0) {
                whenDrained = then;
            } else {
                next.add(then);
            }
        }
        next.forEach(Runnable::run);
    }

    /** No more messages are taken; a paused sender is read again. */
    void abandon() {
        finish(() -> {});
    }
}
