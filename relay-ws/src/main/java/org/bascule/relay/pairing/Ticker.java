package org.bascule.relay.pairing;

/** Monotonic time for durations, as {@link System#nanoTime()}. */
@FunctionalInterface
public interface Ticker {
    long nanos();
}
