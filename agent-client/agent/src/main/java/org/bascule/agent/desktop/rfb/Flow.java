package org.bascule.agent.desktop.rfb;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * How many updates may be under way to a client that takes them without asking, and how good they are: each is followed by a fence that comes back once it is drawn. As many as the way there and back
 * needs, no more: what waits in a queue is old. As good as what the way carries in a second allows: an answer that is late though little was sent is no reason for a worse picture. Thread-safe.
 */
final class Flow {

    private static final long FRAME = TimeUnit.MILLISECONDS.toNanos(33);
    private static final long SLACK = TimeUnit.MILLISECONDS.toNanos(60);
    private static final long FORGET = TimeUnit.SECONDS.toNanos(20);
    private static final long STEP = TimeUnit.MILLISECONDS.toNanos(1_500);
    /** What was carried in so much time counts half. */
    private static final long LATELY = TimeUnit.SECONDS.toNanos(2);

    private static final int MAX_WINDOW = 16;
    private static final int MIN_LEVEL = 1;
    /** What the next better level needs at most. */
    private static final double BETTER = 1.5;
    /** Smaller ones are late for other reasons than their bytes. */
    private static final int TELLING = 2_048;

    /** @param ahead bytes under way when it was sent, with its own */
    private record Update(long at, int bytes, long ahead) {}

    private final Deque<Update> underWay = new ArrayDeque<>();
    private long waiting;
    private int sent;
    private int acknowledged;
    private long answered = Long.MIN_VALUE;
    private long shortest = Long.MAX_VALUE;
    private long shortestSince;
    /** Bytes, and the time in which the way was busy with them. */
    private long carried;

    private long busy;
    private boolean congested;
    private int less;
    private long lessSince;

    /** The number of the fence that follows an update. */
    synchronized int sent(int bytes, long now) {
        waiting += bytes;
        underWay.add(new Update(now, bytes, waiting));
        return ++sent;
    }

    /** A fence came back; one that was never sent says nothing. */
    synchronized void acknowledged(int number, long now) {
        int count = number - acknowledged;
        if (count <= 0 || count > underWay.size()) {
            return;
        }
        acknowledged = number;
        Update oldest = underWay.remove();
        Update newest = oldest;
        long bytes = oldest.bytes();
        for (int i = 1; i < count; i++) {
            newest = underWay.remove();
            bytes += newest.bytes();
        }
        waiting -= bytes;
        long took = now - newest.at();
        if (took < shortest || now - shortestSince > FORGET) {
            shortest = took;
            shortestSince = now;
        }
        carried(bytes, now - Math.max(oldest.at() + shortest, answered));
        answered = now;
        judge(newest, took, now);
    }

    private void carried(long bytes, long time) {
        if (bytes < TELLING || time <= 0) {
            return;
        }
        carried += bytes;
        busy += time;
        if (busy > LATELY) {
            carried /= 2;
            busy /= 2;
        }
    }

    private void judge(Update update, long took, long now) {
        congested = took > shortest * 2 + SLACK;
        if (congested) {
            boolean becauseOfBytes = timeFor(update.ahead()) > (took - shortest) / 2;
            if (becauseOfBytes && now - lessSince > STEP / 3) {
                less = Math.min(less + 1, 8);
                lessSince = now;
            }
        } else if (less > 0 && now - lessSince > STEP && timeFor(update.ahead() * BETTER) < shortest + SLACK) {
            less--;
            lessSince = now;
        }
    }

    private double timeFor(double bytes) {
        return carried == 0 ? 0 : bytes * busy / carried;
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
