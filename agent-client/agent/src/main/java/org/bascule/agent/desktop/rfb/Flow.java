package org.bascule.agent.desktop.rfb;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * How many updates may be under way to a client that takes them without asking: each is followed by a fence that comes back once it is drawn. As many as the way there and back needs, no more: what waits in a queue is old. Thread-safe.
 */
final class Flow {

    private static final long FRAME = TimeUnit.MILLISECONDS.toNanos(33);
    private static final long SLACK = TimeUnit.MILLISECONDS.toNanos(60);
    private static final long FORGET = TimeUnit.SECONDS.toNanos(20);
    private static final long STEP = TimeUnit.MILLISECONDS.toNanos(1_500);
    private static final int MAX_WINDOW = 16;
    private static final int MIN_LEVEL = 1;

    private final Deque<Long> underWay = new ArrayDeque<>();
    private int sent;
    private int acknowledged;
    private long shortest = Long.MAX_VALUE;
    private long shortestSince;
    private boolean congested;
    private int less;
    private long lessSince;

    /** The number of the fence that follows an update. */
    synchronized int sent(long now) {
        underWay.add(now);
        return ++sent;
    }

    /** A fence came back; one that was never sent says nothing. */
    synchronized void acknowledged(int number, long now) {
        int count = number - acknowledged;
        if (count <= 0 || count > underWay.size()) {
            return;
        }
        long began = now;
        for (int i = 0; i < count; i++) {
            began = underWay.remove();
        }
        acknowledged = number;
        measured(now - began, now);
    }

    private void measured(long took, long now) {
        if (took < shortest || now - shortestSince > FORGET) {
            shortest = took;
            shortestSince = now;
        }
        congested = took > shortest * 2 + SLACK;
        if (congested && now - lessSince > STEP / 3) {
            less = Math.min(less + 1, 8);
            lessSince = now;
        } else if (!congested && less > 0 && now - lessSince > STEP) {
            less--;
            lessSince = now;
        }
    }

    synchronized boolean hasRoom() {
        return underWay.size() < window();
    }

    synchronized boolean isIdle() {
        return underWay.isEmpty();
    }

    private int window() {
        if (shortest == Long.MAX_VALUE) {
            return 2;
        }
        int needed = (int) Math.min(MAX_WINDOW, 3 + shortest / FRAME);
        return congested ? Math.max(1, needed / 2) : needed;
    }

    /** The level of quality that the way there bears, at most what is wished. */
    synchronized int level(int wished) {
        return Math.max(Math.min(MIN_LEVEL, wished), wished - less);
    }
}
