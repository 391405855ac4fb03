package org.bascule.relay.pairing;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.bascule.wire.relay.RelayLimits;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a pair. The reading thread hands each message straight to the receiver's connection; what the receiver has not taken is
 * counted, and above {@link FlowLimits#pausedAbove} the reading thread is paused if the {@link Budget} allows it, so the sender feels it.
 */
final class Flow {

    private final Link to;
    private final FlowLimits limits;
    private final Budget budget;
    private final Ticker ticker;

    // guarded by this
    private long queued;
    private long messages;
    private boolean above;
    private long aboveSince;
    private boolean open = true;
    private @Nullable Runnable whenDrained;

    Flow(Link to, FlowLimits limits, Budget budget, Ticker ticker) {
        this.to = to;
        this.limits = limits;
        this.budget = budget;
        this.ticker = ticker;
    }

    /**
     * Forwards a message; blocks only to pace the sender.
     *
     * @return false if the message was not taken since too much is queued: the pair has stalled
     */
    boolean forward(ByteBuffer message) {
        int size = message.remaining();
        switch (take(size)) {
            case TAKEN -> {
                to.sendBinary(message, ok -> sent(size));
                pace();
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
        if (queued + size > limits.neverAbove() || (queued + size > RelayLimits.MAX_MESSAGE && budget.isExceeded())) {
            return Taking.TOO_MUCH;
        }
        messages++;
        queued += size;
        budget.add(size);
        if (!above && queued > limits.pausedAbove()) {
            above = true;
            aboveSince = ticker.nanos();
        }
        return Taking.TAKEN;
    }

    private void sent(int size) {
        Runnable drained = null;
        synchronized (this) {
            queued -= size;
            budget.add(-size);
            if (above && queued <= limits.pausedAbove()) {
                above = false;
                notifyAll();
            }
            if (queued == 0 && whenDrained != null) {
                drained = whenDrained;
                whenDrained = null;
            }
        }
        if (drained != null) {
            drained.run();
        }
    }

    private synchronized void pace() {
        if (!above || !open || !budget.mayPause()) {
            return;
        }
        long deadline = ticker.nanos() + limits.stalledFor().toNanos();
        try {
            while (above && open) {
                long left = deadline - ticker.nanos();
                if (left <= 0) {
                    return;
                }
                wait(TimeUnit.NANOSECONDS.toMillis(left) + 1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            budget.resumed();
        }
    }

    /** Whether more than the limit has been queued for too long without a break. */
    synchronized boolean isStalled() {
        return open
                && above
                && ticker.nanos() - aboveSince >= limits.stalledFor().toNanos();
    }

    /** Number of messages so far: a change shows life. */
    synchronized long messages() {
        return messages;
    }

    synchronized long queued() {
        return queued;
    }

    /** No more messages are taken; a paused thread goes on. {@code then} runs as soon as the receiver has everything, maybe at once. */
    void finish(Runnable then) {
        synchronized (this) {
            open = false;
            notifyAll();
            if (queued > 0) {
                whenDrained = then;
                return;
            }
        }
        then.run();
    }

    /** No more messages are taken; a paused thread goes on. */
    void abandon() {
        finish(() -> {});
    }
}
