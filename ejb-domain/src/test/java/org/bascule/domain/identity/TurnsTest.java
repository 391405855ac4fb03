package org.bascule.domain.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.bascule.domain.testing.TestClock;
import org.junit.jupiter.api.Test;

class TurnsTest {

    /** How often turns are taken. */
    private static final Duration STEP = Duration.ofSeconds(5);

    private final TestClock clock = new TestClock();
    private final Turns turns = turns();

    private Turns turns() {
        Turns made = new Turns();
        made.clock = clock;
        return made;
    }

    /** All at the start, and later a few at a time, of which none is left out for long. */
    @Test
    void manyAreAskedOneAfterTheOther() {
        List<String> domains =
                IntStream.range(0, 50).mapToObj(Integer::toString).toList();
        Instant start = clock.instant();
        Map<String, List<Instant>> times = new HashMap<>();
        List<Integer> atOnce = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            List<String> taken = domains.stream().filter(turns::take).toList();
            taken.forEach(domain ->
                    times.computeIfAbsent(domain, key -> new ArrayList<>()).add(clock.instant()));
            taken.forEach(turns::worked);
            atOnce.add(taken.size());
            clock.advance(STEP);
        }
        assertThat(atOnce).first().isEqualTo(50);
        assertThat(Collections.max(atOnce.subList(24, 120))).isLessThan(25);
        assertThat(times).hasSize(50);
        assertThat(times.values()).allSatisfy(each -> {
            assertThat(each).first().isEqualTo(start);
            for (int i = 1; i < each.size(); i++) {
                assertThat(Duration.between(each.get(i - 1), each.get(i)))
                        .isBetween(Turns.QUIET, Turns.QUIET.multipliedBy(2).plus(STEP));
            }
            assertThat(each.get(each.size() - 1))
                    .isAfter(clock.instant().minus(Turns.QUIET.multipliedBy(2)).minus(STEP));
        });
    }

    /** An hour's outage: few attempts, and the next one soon after it. */
    @Test
    void oneThatFailsIsAskedLessAndLessOftenButNeverSeldom() {
        List<Long> seconds = new ArrayList<>();
        Instant start = clock.instant();
        while (Duration.between(start, clock.instant()).compareTo(Duration.ofHours(1)) < 0) {
            if (turns.take("1")) {
                seconds.add(Duration.between(start, clock.instant()).toSeconds());
                turns.failed("1");
            }
            clock.advance(STEP);
        }
        assertThat(seconds).startsWith(0L, 5L, 15L, 35L, 75L, 155L, 275L, 395L);
        assertThat(seconds.get(seconds.size() - 1))
                .isGreaterThanOrEqualTo(
                        Duration.ofHours(1).minus(Turns.MAX_PAUSE).toSeconds());
        turns.worked("1");
        assertThat(turns.failed("1")).isEqualTo(Turns.FIRST_PAUSE);
    }

    @Test
    void oneThatWasWokenIsAskedAgainSoonWhoeverWasAskingMeanwhile() {
        assertThat(turns.take("1")).isTrue();
        turns.woken("1");
        turns.worked("1");
        assertThat(turns.take("1")).isFalse();
        clock.advance(Turns.SETTLED);
        assertThat(turns.take("1")).isTrue();
        clock.advance(Turns.SETTLED);
        assertThat(turns.take("1")).isFalse();
    }

    @Test
    void aDomainThatIsGoneIsForgotten() {
        turns.failed("1");
        turns.take("2");
        turns.retain(Set.of("2"));
        assertThat(turns.take("1")).isTrue();
        assertThat(turns.take("2")).isFalse();
    }
}
