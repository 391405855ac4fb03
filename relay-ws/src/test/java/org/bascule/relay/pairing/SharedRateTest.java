package org.bascule.relay.pairing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class SharedRateTest {

    private static final int RATE = 1_000_000;
    private static final int MESSAGE = 64_000;
    /** Who waits is told how long if all the others do, and asks again when that is over. */
    private static final Percentage ROUGHLY = Percentage.withPercentage(10);

    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(1);

    private final AtomicLong nanos = new AtomicLong();
    private final SharedRate rate = new SharedRate(nanos::get, RATE);

    /** A session that takes so much as soon as it may, but not before its time: what it would use by itself is so much in so long. */
    private final class Session {

        private final SharedRate.Share share = rate.share();
        private final int message;
        private final long every;
        private long next;
        private long waitsUntil;
        private long taken;
        private long longestDelay;

        Session(int message, Duration every) {
            this.message = message;
            this.every = every.toNanos();
            this.next = nanos.get();
        }

        void step() {
            while (nanos.get() >= next && !waits()) {
                longestDelay = Math.max(longestDelay, every == 0 ? 0 : nanos.get() - next);
                share.take(message);
                taken += message;
                next += every;
            }
        }

        /** Whoever is told to wait asks again when that is over. */
        private boolean waits() {
            if (nanos.get() >= waitsUntil) {
                waitsUntil = nanos.get() + share.waitNanos();
            }
            return nanos.get() < waitsUntil;
        }
    }

    private Session greedy() {
        return new Session(MESSAGE, Duration.ZERO);
    }

    private void run(Duration time, List<Session> sessions) {
        for (long end = nanos.get() + time.toNanos(); nanos.get() < end; nanos.addAndGet(TICK)) {
            sessions.forEach(Session::step);
        }
    }

    /** What each used meanwhile. */
    private List<Long> used(Duration time, List<Session> sessions) {
        List<Long> before = sessions.stream().map(session -> session.taken).toList();
        run(time, sessions);
        List<Long> used = new ArrayList<>();
        for (int i = 0; i < sessions.size(); i++) {
            used.add(sessions.get(i).taken - before.get(i));
        }
        return used;
    }

    @Test
    void aSmallSessionDoesNotFeelTenGreedyOnes() {
        List<Session> sessions = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            sessions.add(greedy());
        }
        run(Duration.ofSeconds(3), sessions);
        // a twentieth of what would be its part, in small messages as a terminal's
        Session small = new Session(100, Duration.ofMillis(20));
        sessions.add(small);

        run(Duration.ofSeconds(10), sessions);

        assertThat(small.taken).isEqualTo(100 * 500);
        assertThat(Duration.ofNanos(small.longestDelay)).isZero();
    }

    @Test
    void greedySessionsGetTheSameAndTogetherAllOfIt() {
        List<Session> sessions = List.of(greedy(), new Session(10_000, Duration.ZERO), greedy(), greedy());
        run(Duration.ofSeconds(3), sessions);

        List<Long> used = used(Duration.ofSeconds(40), sessions);

        assertThat(used).allSatisfy(bytes -> assertThat(bytes).isCloseTo(40L * RATE / 4, ROUGHLY));
    }

    @Test
    void whatSomeLeaveGoesToTheOthers() {
        Session tenth = new Session(1_000, Duration.ofMillis(10));
        List<Session> sessions = List.of(tenth, greedy(), greedy());
        run(Duration.ofSeconds(3), sessions);

        List<Long> used = used(Duration.ofSeconds(40), sessions);

        assertThat(used.get(0)).isCloseTo(4L * RATE, Offset.offset(1_000L));
        assertThat(used.get(1)).isCloseTo(18L * RATE, ROUGHLY);
        assertThat(used.get(2)).isCloseTo(18L * RATE, ROUGHLY);
    }

    @Test
    void theRateIsKeptWithASecondInReserve() {
        Session alone = greedy();
        run(Duration.ofSeconds(10), List.of(alone));
        assertThat(alone.taken).isBetween(11L * RATE - MESSAGE, 11L * RATE + MESSAGE);
        nanos.addAndGet(TimeUnit.HOURS.toNanos(1));
        assertThat(used(Duration.ofSeconds(1), List.of(alone)).get(0))
                .isBetween(2L * RATE - MESSAGE, 2L * RATE + MESSAGE);
    }

    @Test
    void aRateThatChangesHoldsForWhatWasUsedBefore() {
        SharedRate.Share share = rate.share();
        share.take(3 * RATE);
        assertThat(share.waitNanos()).isEqualTo(Duration.ofSeconds(2).toNanos());
        rate.limit(2 * RATE);
        assertThat(share.waitNanos()).isEqualTo(Duration.ofSeconds(1).toNanos());
        rate.limit(0);
        assertThat(share.waitNanos()).isZero();
        share.take(RATE);
        rate.limit(RATE);
        assertThat(rate.share().waitNanos()).isZero();
    }
}
