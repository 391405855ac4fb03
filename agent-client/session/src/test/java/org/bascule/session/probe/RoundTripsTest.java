package org.bascule.session.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RoundTripsTest {

    private static RoundTrips of(long... millis) {
        RoundTrips trips = new RoundTrips();
        for (long one : millis) {
            trips.add(TimeUnit.MILLISECONDS.toNanos(one));
        }
        return trips;
    }

    @Test
    void theMeanWithoutTheSlowest() {
        assertThat(of(10, 90, 12, 14, 500, 11, 13).millis()).hasValue(11);
        assertThat(of(10, 90, 12, 14).millis()).as("of four, two are dropped").hasValue(11);
        assertThat(of(10, 20).millis()).hasValue(10);
    }

    @Test
    void atLeastOneMillisecond() {
        RoundTrips trips = new RoundTrips();
        assertThat(trips.millis()).isEmpty();
        trips.add(1_000);
        assertThat(trips.millis()).hasValue(1);
    }

    @Test
    void theSeventhIsTheLast() {
        RoundTrips trips = of(1, 1, 1, 1, 1);
        assertThat(trips.add(1)).isFalse();
        assertThat(trips.add(1)).isTrue();
    }
}
