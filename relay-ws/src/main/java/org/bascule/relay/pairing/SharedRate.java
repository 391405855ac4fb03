package org.bascule.relay.pairing;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/**
 * The rate of a domain, kept on average with what a second brings as reserve, and shared by its sessions. Beyond the reserve each that has used more than came to it gets the same part of what comes, until that is
 * made up for (generalized processor sharing; Parekh and Gallager 1993): whoever uses less than its part is not held up by whoever would use more, and what it leaves goes to the others. Nothing is refused: whoever
 * took too much waits.
 */
final class SharedRate {

    private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Ticker ticker;

    private volatile long perSecond;

    // guarded by this
    private long since;
    private double reserve;
    /** Bytes that came to each share that was behind all the time. */
    private double level;
    /** Those that have used more than came to them, the one that is first to have made up for it first. A share that has used more since stands where it stood, until its turn comes. */
    private final PriorityQueue<Share> behind = new PriorityQueue<>(Comparator.comparingDouble(Share::place));
    /** What one session uses of it. */
    final class Share {

        // guarded by the rate
        /** The level at which it has made up for what it used. */
        private double even;

        private double place;
        private boolean isBehind;

        private double place() {
            return place;
        }

        void take(int bytes) {
            if (perSecond > 0) {
                use(this, bytes);
            }
        }

        /** Nanoseconds until it has made up for what it used, if all who are behind stay so; 0 where it has. */
        long waitNanos() {
            return perSecond == 0 ? 0 : untilEven(this);
        }

        /** Whether it has used more than came to it. Whoever forgets it before lets a domain get around its rate by many short ones. */
        boolean owes() {
            return waitNanos() > 0;
        }
    }

    /** @param bytes a second; 0 for no limit */
    SharedRate(Ticker ticker, long bytes) {
        this.ticker = ticker;
        this.perSecond = bytes;
        this.reserve = bytes;
        this.since = ticker.nanos();
    }

    /** @param bytes a second; 0 for no limit */
    synchronized void limit(long bytes) {
        if (bytes != perSecond) {
            advance();
            reserve = perSecond == 0 ? bytes : Math.min(reserve, bytes);
            perSecond = bytes;
            if (bytes == 0) {
                behind.forEach(share -> {
                    share.isBehind = false;
                    share.even = level;
                });
                behind.clear();
            }
        }
    }

    /** Of a session that begins. */
    Share share() {
        return new Share();
    }

    /** Whether it is as if nobody had used anything of it. */
    synchronized boolean isRested() {
        advance();
        return reserve >= perSecond;
    }

    private synchronized void use(Share share, int bytes) {
        advance();
        double spare = Math.min(reserve, bytes);
        reserve -= spare;
        if (bytes > spare) {
            fallBehind(share, bytes - spare);
        }
    }

    private void fallBehind(Share share, double bytes) {
        share.even = Math.max(share.even, level) + bytes;
        if (!share.isBehind) {
            share.isBehind = true;
            queue(share);
        }
    }

    private void queue(Share share) {
        share.place = share.even;
        behind.add(share);
    }

    private synchronized long untilEven(Share share) {
        advance();
        return share.isBehind ? (long) Math.ceil((share.even - level) * behind.size() * SECOND / perSecond) : 0;
    }

    /** Gives out what came since the last time: to those who are behind evenly, and what is left when none is to the reserve. */
    private void advance() {
        long now = ticker.nanos();
        double came = (double) (now - since) * perSecond / SECOND;
        since = now;
        while (came > 0 && !behind.isEmpty()) {
            Share first = behind.element();
            double toFirst = (first.place - level) * behind.size();
            if (toFirst > came) {
                level += came / behind.size();
                return;
            }
            level = first.place;
            came -= toFirst;
            behind.remove();
            first.isBehind = first.even > level;
            if (first.isBehind) {
                queue(first);
            }
        }
        reserve = Math.min(perSecond, reserve + came);
    }
}
