package org.bascule.agent.session;

/** Token bucket. Not thread-safe. */
final class RateLimit {

    private static final double SECOND = 1e9;

    private final double burst;
    private final double perSecond;
    private double tokens;
    private long last;

    RateLimit(int burst, int perSecond, long nanos) {
        this.burst = burst;
        this.perSecond = perSecond;
        this.tokens = burst;
        this.last = nanos;
    }

    /** @param nanos of a monotonic clock */
    boolean take(long nanos) {
        tokens = Math.min(burst, tokens + (nanos - last) / SECOND * perSecond);
        last = nanos;
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
