package org.bascule.session.resume;

import java.time.Duration;

/**
 * Times of {@code docs/protocol/session.md}, "Resuming"; {@link #DEFAULT} is the specification's, but for the system property {@value #WITHIN} (seconds), with which tests do not wait so long.
 *
 * @param within a session without a transport ends after so long
 * @param opening the same for one that had none yet
 * @param spread the first relay is tried within so long, by chance
 * @param stagger between one relay and the next
 * @param backOff before a relay is tried again, doubled with each failure
 * @param maxBackOff the most that it is doubled to
 * @param refused before a relay that is full or draining is tried again
 * @param flapping a transport that lived no longer than that counts as a failure
 * @param refresh how often new tokens are asked for
 * @param ask how often the access server is told of a loss
 */
public record ResumeTimes(
        Duration within,
        Duration opening,
        Duration spread,
        Duration stagger,
        Duration backOff,
        Duration maxBackOff,
        Duration refused,
        Duration flapping,
        Duration refresh,
        Duration ask) {

    private static final String WITHIN = "bascule.session.resume-within";

    /** Up to 20 s to connect. */
    static final int MOST_DOUBLED = 2;

    public static final ResumeTimes DEFAULT = new ResumeTimes(
            Duration.ofSeconds(Integer.getInteger(WITHIN, 120)),
            Duration.ofSeconds(30),
            Duration.ofMillis(200),
            Duration.ofMillis(500),
            Duration.ofMillis(500),
            Duration.ofSeconds(8),
            Duration.ofSeconds(8),
            Duration.ofSeconds(5),
            Duration.ofSeconds(120),
            Duration.ofSeconds(10));

    /** Once a relay could not be reached, slow ways are given more time. */
    static Duration connecting(int failures) {
        return RelayDialer.CONNECT.multipliedBy(1L << Math.min(failures, MOST_DOUBLED));
    }

    /** {@link #backOff} after so many failures in a row, from 1. */
    Duration after(int failures) {
        Duration delay = backOff.multipliedBy(1L << Math.min(failures - 1, 10));
        return delay.compareTo(maxBackOff) > 0 ? maxBackOff : delay;
    }
}
