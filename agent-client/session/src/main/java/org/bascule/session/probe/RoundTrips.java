package org.bascule.session.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** The round trips to one relay, and their figure: the slowest four of seven are dropped, for whatever else happens on the way or at an end only adds. Thread-safe. */
final class RoundTrips {

    /** As many are measured. */
    static final int COUNT = 7;

    private static final int DROPPED = 4;

    private final List<Long> nanos = new ArrayList<>();

    /** @return whether that was the last one */
    synchronized boolean add(long took) {
        nanos.add(took);
        return nanos.size() >= COUNT;
    }

    /** Mean in milliseconds, at least 1; of fewer than seven, as many are dropped as is their part. Empty as long as there is none. */
    synchronized OptionalLong millis() {
        double mean = nanos.stream()
                .sorted()
                .limit(nanos.size() - (long) nanos.size() * DROPPED / COUNT)
                .mapToLong(Long::longValue)
                .average()
                .orElse(-1);
        return mean < 0
                ? OptionalLong.empty()
                : OptionalLong.of(Math.max(1, Math.round(mean / TimeUnit.MILLISECONDS.toNanos(1))));
    }
}
