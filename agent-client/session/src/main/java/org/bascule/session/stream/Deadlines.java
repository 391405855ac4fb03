package org.bascule.session.stream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;

/** What a session does by the clock: {@code PING} and silence, acknowledgements, {@code CONFIRM} in time. Guarded by the session's lock. */
final class Deadlines {

    private final Session session;
    private final Links links;
    private final Sender sender;
    private final KeepAlive keepAlive;
    private final SessionConfig config;
    private final ReentrantLock lock;
    private final List<Future<?>> timers = new ArrayList<>();
    private boolean ackScheduled;

    Deadlines(Session session, Links links, Sender sender, KeepAlive keepAlive, SessionConfig config) {
        this.session = session;
        this.links = links;
        this.sender = sender;
        this.keepAlive = keepAlive;
        this.config = config;
        this.lock = session.lock;
    }

    /** With the lock. */
    void start() {
        timers.add(Timers.every(keepAlive.period(), this::tick));
        if (!session.isClient()) {
            timers.add(Timers.after(config.confirmWithin(), this::requireConfirmation));
        }
    }

    /** With the lock. */
    void stop() {
        timers.forEach(timer -> timer.cancel(false));
    }

    private void tick() {
        boolean silent;
        long attempt;
        lock.lock();
        try {
            silent = session.isRunning() && keepAlive.tick();
            attempt = links.attempt();
        } finally {
            lock.unlock();
        }
        if (silent) {
            links.lose(attempt, "the other end is silent");
        }
    }

    private void requireConfirmation() {
        lock.lock();
        try {
            if (session.isConfirmed()) {
                return;
            }
            // counted from when there was a transport
            Duration left = config.confirmWithin().minus(links.upFor());
            if (left.compareTo(Duration.ZERO) > 0 && session.isRunning()) {
                timers.add(Timers.after(left, this::requireConfirmation));
                return;
            }
        } finally {
            lock.unlock();
        }
        session.violation("no CONFIRM in time");
    }

    /** With the lock: an acknowledgement is owed from now on. */
    void scheduleAck() {
        if (!ackScheduled) {
            ackScheduled = true;
            Timers.after(config.ackWithin(), this::acknowledge);
        }
    }

    private void acknowledge() {
        lock.lock();
        try {
            ackScheduled = false;
            if (session.isRunning() && links.isUp() && sender.owesAck()) {
                sender.acknowledgeNow();
            }
        } finally {
            lock.unlock();
        }
    }
}
