package org.bascule.agent.ping;

/** Round trips in whole milliseconds. */
final class Millis {

    private static final double NANOS = 1_000_000;

    private Millis() {}

    /** Rounded, at least one. */
    static long of(long nanos) {
        return Math.max(1, Math.round(nanos / NANOS));
    }
}
