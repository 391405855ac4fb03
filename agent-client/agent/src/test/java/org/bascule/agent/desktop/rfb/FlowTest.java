package org.bascule.agent.desktop.rfb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlowTest {

    private static final int WISHED = 6;

    private final Flow flow = new Flow();

    @Test
    void soManyUpdatesAreUnderWayAsTheWayNeeds() {
        long now = 1_000_000_000L;
        int first = flow.sent(10_000, now);
        assertThat(flow.hasRoom()).isTrue();
        int second = flow.sent(10_000, now);
        assertThat(flow.hasRoom()).as("until the way is known").isFalse();
        flow.acknowledged(99, now);
        flow.acknowledged(-1, now);
        assertThat(flow.hasRoom()).as("what was never sent is no answer").isFalse();
        long way = 100_000_000L;
        flow.acknowledged(first, now + way);
        flow.acknowledged(second, now + way);
        assertThat(flow.isIdle()).isTrue();
        int count = 0;
        while (flow.hasRoom()) {
            flow.sent(10_000, now + way);
            count++;
        }
        assertThat(count).isEqualTo(6);
        assertThat(flow.level(WISHED)).isEqualTo(WISHED);
        flow.acknowledged(second + 1, now + 10 * way);
        assertThat(flow.level(WISHED)).as("answers take long").isEqualTo(WISHED - 1);
        assertThat(flow.level(0)).isZero();
    }

    /** A way to the client and back, with what is under way on it. */
    private final class Way {
        private final long roundTrip;
        private final long bytesPerSecond;
        private final Deque<long[]> answers = new ArrayDeque<>();
        private long free;
        private long now = 1_000_000_000L;
        private int changes;

        Way(long millis, long bytesPerSecond) {
            this.roundTrip = TimeUnit.MILLISECONDS.toNanos(millis);
            this.bytesPerSecond = bytesPerSecond;
        }

        /** A scene of which a better picture needs more bytes; the answers are later by so much. */
        void show(int seconds, int bytesOfLevel, long late) {
            long end = now + TimeUnit.SECONDS.toNanos(seconds);
            int before = flow.level(WISHED);
            changes = 0;
            for (; now < end; now += TimeUnit.MILLISECONDS.toNanos(5)) {
                while (!answers.isEmpty() && answers.element()[1] <= now) {
                    long[] answer = answers.remove();
                    flow.acknowledged((int) answer[0], answer[1]);
                }
                int level = flow.level(WISHED);
                changes += level == before ? 0 : 1;
                before = level;
                if (flow.hasRoom() && now % TimeUnit.MILLISECONDS.toNanos(35) == 0) {
                    int bytes = (int) (bytesOfLevel * Math.pow(1.35, level));
                    free = Math.max(free, now) + bytes * TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
                    answers.add(new long[] {flow.sent(bytes, now), free + roundTrip + late});
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 100000000", "1, 2000000", "40, 10000000", "200, 2000000"})
    void whatTheWayCarriesIsShownAsGoodAsIsWished(long millis, long bytesPerSecond) {
        Way way = new Way(millis, bytesPerSecond);
        way.show(30, 6_000, 0);
        assertThat(flow.level(WISHED)).isEqualTo(WISHED);
        assertThat(way.changes).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1, 60000", "40, 60000", "200, 60000"})
    void narrowWayGetsLessAndThatStaysSo(long millis, long bytesPerSecond) {
        Way way = new Way(millis, bytesPerSecond);
        way.show(20, 6_000, 0);
        assertThat(flow.level(WISHED)).isBetween(1, 4);
        way.show(30, 6_000, 0);
        assertThat(way.changes).as("it does not go up and down").isLessThanOrEqualTo(2);
        way.show(30, 100, 0);
        assertThat(flow.level(WISHED)).as("of another scene").isEqualTo(WISHED);
    }

    @Test
    void lateAnswersToLittleAreNoReasonForLess() {
        Way way = new Way(20, 5_000_000);
        way.show(10, 6_000, 0);
        way.show(5, 30, TimeUnit.MILLISECONDS.toNanos(400));
        assertThat(flow.level(WISHED)).isEqualTo(WISHED);
    }
}
