package org.bascule.agent.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private static final long SEED = 20260301;

    @Test
    void waitsGrowAndStayWithinThirtySeconds() {
        Backoff backoff = new Backoff(new Random(SEED));
        long ceiling = 500;
        for (int i = 0; i < 40; i++) {
            assertThat(backoff.next(Duration.ZERO))
                    .as("seed %d, wait %d", SEED, i)
                    .isBetween(Duration.ZERO, Duration.ofMillis(ceiling));
            ceiling = Math.min(30_000, ceiling * 2);
        }
    }

    @Test
    void waitsAreSpreadOverTheWholeRange() {
        Random random = new Random(SEED);
        long below = 0;
        for (int i = 0; i < 1_000; i++) {
            Backoff backoff = new Backoff(random);
            for (int j = 0; j < 8; j++) {
                backoff.next(Duration.ZERO);
            }
            if (backoff.next(Duration.ZERO).toMillis() < 15_000) {
                below++;
            }
        }
        assertThat(below).as("seed %d", SEED).isBetween(400L, 600L);
    }

    @Test
    void goodMinuteStartsAnew() {
        Backoff backoff = new Backoff(new Random(SEED));
        for (int i = 0; i < 10; i++) {
            backoff.next(Duration.ofSeconds(59));
        }
        assertThat(backoff.next(Duration.ofSeconds(60))).isLessThanOrEqualTo(Duration.ofMillis(500));
    }

    @Test
    void refusalWaitsAtLeastHalfOfTheLongest() {
        Backoff backoff = new Backoff(new Random(SEED));
        for (int i = 0; i < 100; i++) {
            assertThat(backoff.afterRefusal()).isBetween(Duration.ofSeconds(15), Duration.ofSeconds(30));
        }
    }
}
