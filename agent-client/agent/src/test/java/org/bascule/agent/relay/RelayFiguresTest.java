package org.bascule.agent.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.MutableClock;
import org.bascule.agent.channel.ChannelClock;
import org.bascule.wire.registry.RelayList;
import org.bascule.wire.session.RelayAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a device measures, and what it says then. */
class RelayFiguresTest {

    private static final RelayAddress R1 = new RelayAddress("r1", "wss://r1.example/relay");
    private static final RelayAddress R2 = new RelayAddress("r2", "wss://r2.example/relay");
    private static final RelayAddress R3 = new RelayAddress("r3", "wss://r3.example/relay");

    private final MutableClock time = new MutableClock(Instant.parse("2026-01-02T03:04:05Z"));
    private final Timer timer = new Timer();
    private final Map<RelayAddress, Long> real = new HashMap<>(Map.of(R1, 10L, R2, 20L, R3, 30L));
    private final List<String> tokens = new ArrayList<>();
    private boolean hold;
    private CompletableFuture<Map<RelayAddress, Long>> held = new CompletableFuture<>();
    private String place = "192.0.2.1";
    private final RelayFigures figures =
            new RelayFigures(this::measure, () -> place, new ChannelClock(time, time::nanos), timer, new Random(1));

    /** What is planned waits for the test. */
    private static final class Timer extends ScheduledThreadPoolExecutor {

        private record Planned(Runnable task, Duration delay, ScheduledFuture<?> handle) {}

        private final List<Planned> planned = new ArrayList<>();

        Timer() {
            super(1);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
            ScheduledFuture<?> handle = super.schedule(() -> {}, 1, TimeUnit.DAYS);
            planned.add(new Planned(command, Duration.of(delay, unit.toChronoUnit()), handle));
            return handle;
        }

        private List<Planned> due() {
            return planned.stream().filter(one -> !one.handle().isCancelled()).toList();
        }

        /** The delay of what is planned, which must be one thing. */
        Duration delay() {
            assertThat(due()).hasSize(1);
            return due().get(0).delay();
        }

        void run() {
            assertThat(due()).hasSize(1);
            Planned one = due().get(0);
            planned.clear();
            one.task().run();
        }
    }

    private CompletableFuture<Map<RelayAddress, Long>> measure(List<RelayAddress> relays, String token) {
        tokens.add(token);
        Map<RelayAddress, Long> result = new HashMap<>();
        relays.forEach(relay -> {
            if (real.containsKey(relay)) {
                result.put(relay, real.get(relay));
            }
        });
        return hold ? held : CompletableFuture.completedFuture(result);
    }

    private RelayList list(long number, RelayAddress... relays) {
        return new RelayList(
                number,
                time.instant(),
                time.instant().plus(RelayList.VALIDITY),
                Arrays.stream(relays)
                        .map(relay -> new RelayList.Entry(relay, "eu"))
                        .toList(),
                "token " + number);
    }

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    @Test
    void measuresSoonAndThenEveryTenMinutesWithTheNewestToken() {
        figures.listed(list(1, R1, R2));
        assertThat(timer.delay()).isLessThan(RelayFigures.FIRST_WITHIN);
        assertThat(figures.roundTrips()).isEmpty();
        timer.run();
        assertThat(figures.roundTrips()).isEqualTo(Map.of("r1", 10L, "r2", 20L));
        assertThat(timer.delay()).isBetween(Duration.ofMinutes(9), Duration.ofMinutes(11));

        figures.listed(list(2, R1, R2));
        assertThat(timer.delay()).as("the same relays").isBetween(Duration.ofMinutes(9), Duration.ofMinutes(11));
        real.put(R1, 15L);
        timer.run();
        assertThat(figures.roundTrips()).isEqualTo(Map.of("r1", 15L, "r2", 20L));
        assertThat(tokens).containsExactly("token 1", "token 2");
    }

    @Test
    void aChangedListIsMeasuredButNotByAllDevicesAtOnce() {
        figures.listed(list(1, R1, R2));
        timer.run();
        figures.listed(list(2, R2, R3));
        assertThat(figures.roundTrips()).as("of the relays that there are").isEqualTo(Map.of("r2", 20L));
        assertThat(timer.delay()).isBetween(RelayFigures.FIRST_WITHIN, RelayFigures.CHANGED_WITHIN);
        timer.run();
        assertThat(figures.roundTrips()).isEqualTo(Map.of("r2", 20L, "r3", 30L));
    }

    @Test
    void aRelayThatLeavesOrComesBackIsNoReasonToMeasure() {
        figures.listed(list(1, R1, R2, R3));
        timer.run();
        figures.listed(list(2, R1, R3));
        assertThat(figures.roundTrips()).isEqualTo(Map.of("r1", 10L, "r3", 30L));
        figures.listed(list(3, R1, R2, R3));
        assertThat(figures.roundTrips()).hasSize(3);
        assertThat(timer.delay()).isGreaterThan(RelayFigures.CHANGED_WITHIN);
        figures.listed(list(4, R1, new RelayAddress("r2", "wss://elsewhere.example")));
        assertThat(timer.delay()).as("the same id somewhere else").isLessThan(RelayFigures.CHANGED_WITHIN);
        assertThat(figures.roundTrips()).isEqualTo(Map.of("r1", 10L));
    }

    @Test
    void anOlderListIsRefused() {
        figures.listed(list(2, R1, R2));
        timer.run();
        figures.listed(list(1, R1, R3));
        assertThat(figures.roundTrips()).isEqualTo(Map.of("r1", 10L, "r2", 20L));
        assertThat(timer.delay()).isGreaterThan(RelayFigures.CHANGED_WITHIN);
    }

    @Test
    void inAnotherNetworkTheOldFiguresDoNotCount() {
        RelayList list = list(1, R1, R2);
        figures.listed(list);
        timer.run();
        figures.listed(list);
        assertThat(figures.roundTrips()).as("the same list, with a new channel").hasSize(2);
        place = "198.51.100.1";
        figures.listed(list);
        assertThat(figures.roundTrips()).isEmpty();
        assertThat(timer.delay()).isLessThan(RelayFigures.FIRST_WITHIN);
        timer.run();
        assertThat(figures.roundTrips()).hasSize(2);
    }

    @Test
    void aSingleRelayIsNotMeasured() {
        figures.listed(list(1, R1));
        timer.run();
        assertThat(tokens).isEmpty();
        assertThat(timer.due()).isEmpty();
        figures.listed(list(2, R1, R2));
        timer.run();
        assertThat(figures.roundTrips()).hasSize(2);
    }

    @Test
    void aRelayThatDidNotAnswerIsAskedOnceMoreSoon() {
        real.remove(R2);
        figures.listed(list(1, R1, R2));
        timer.run();
        assertThat(figures.roundTrips()).isEqualTo(Map.of("r1", 10L));
        assertThat(timer.delay()).isBetween(Duration.ofSeconds(54), Duration.ofSeconds(66));
        timer.run();
        assertThat(timer.delay()).isBetween(Duration.ofMinutes(9), Duration.ofMinutes(11));
    }

    @Test
    void whatWasKnownOfARelayCountsUntilItDoesNotAnswerTwice() {
        figures.listed(list(1, R1, R2));
        timer.run();
        real.remove(R2);
        real.put(R1, 15L);
        timer.run();
        assertThat(figures.roundTrips()).isEqualTo(Map.of("r1", 15L, "r2", 20L));
        assertThat(timer.delay()).as("it is asked again soon").isLessThan(Duration.ofMinutes(2));
        timer.run();
        assertThat(figures.roundTrips()).isEqualTo(Map.of("r1", 15L));

        real.put(R2, 25L);
        timer.run();
        real.remove(R2);
        timer.run();
        assertThat(figures.roundTrips()).as("it answered in between").isEqualTo(Map.of("r1", 15L, "r2", 25L));
    }

    @Test
    void whatWasKnownInAnotherNetworkDoesNotCount() {
        figures.listed(list(1, R1, R2));
        timer.run();
        place = "198.51.100.1";
        real.remove(R2);
        timer.run();
        assertThat(figures.roundTrips()).isEqualTo(Map.of("r1", 10L));
    }

    @Test
    void anExpiredTokenIsNotShown() {
        figures.listed(list(1, R1, R2));
        timer.run();
        time.advance(RelayList.VALIDITY.plusSeconds(1));
        timer.run();
        assertThat(tokens).hasSize(1);
        assertThat(figures.roundTrips()).as("better than nothing").hasSize(2);
        figures.listed(list(2, R1, R2));
        timer.run();
        assertThat(tokens).containsExactly("token 1", "token 2");
    }

    @Test
    void aListThatChangesMeanwhileIsMeasuredAfterwards() {
        hold = true;
        figures.listed(list(1, R1, R2));
        timer.run();
        figures.listed(list(2, R1, R3));
        timer.run();
        assertThat(tokens).as("one at a time").hasSize(1);
        hold = false;
        held.complete(Map.of(R1, 10L, R2, 20L));
        assertThat(figures.roundTrips()).isEqualTo(Map.of("r1", 10L));
        timer.run();
        assertThat(figures.roundTrips()).isEqualTo(Map.of("r1", 10L, "r3", 30L));
    }
}
