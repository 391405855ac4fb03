package org.bascule.domain.acl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeeklyWindowTest {

    private static final ZoneId VIENNA = ZoneId.of("Europe/Vienna");

    /** 2026-01-30 is a Friday; the clock goes forward on Sunday 2026-03-29 at 02:00 and back on Sunday 2026-10-25 at 03:00. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "before the beginning,          FRIDAY,   08:00, 17:00, 2026-01-30T06:59:59Z, false",
        "at the beginning,              FRIDAY,   08:00, 17:00, 2026-01-30T07:00:00Z, true",
        "just before the end,           FRIDAY,   08:00, 17:00, 2026-01-30T15:59:59Z, true",
        "at the end,                    FRIDAY,   08:00, 17:00, 2026-01-30T16:00:00Z, false",
        "another day,                   FRIDAY,   08:00, 17:00, 2026-01-29T10:00:00Z, false",
        "summer time,                   FRIDAY,   08:00, 17:00, 2026-07-31T06:00:00Z, true",
        "a whole day,                   FRIDAY,   00:00, 24:00, 2026-01-30T22:59:59Z, true",
        "after a whole day,             FRIDAY,   00:00, 24:00, 2026-01-30T23:00:00Z, false",
        "over midnight; evening,        FRIDAY,   22:00, 06:00, 2026-01-30T21:00:00Z, true",
        "over midnight; next morning,   FRIDAY,   22:00, 06:00, 2026-01-31T04:59:59Z, true",
        "over midnight; its end,        FRIDAY,   22:00, 06:00, 2026-01-31T05:00:00Z, false",
        "over midnight; that morning,   FRIDAY,   22:00, 06:00, 2026-01-30T04:00:00Z, false",
        "to midnight,                   FRIDAY,   22:00, 00:00, 2026-01-30T22:59:59Z, true",
        "to midnight; after it,         FRIDAY,   22:00, 00:00, 2026-01-30T23:00:00Z, false",
        "over the week's end,           SUNDAY,   22:00, 06:00, 2026-02-02T04:00:00Z, true",
        "the hour left out in spring,   SUNDAY,   02:00, 03:00, 2026-03-29T01:00:00Z, false",
        "across the hour left out,      SUNDAY,   01:30, 03:30, 2026-03-29T01:15:00Z, true",
        "across it; its end,            SUNDAY,   01:30, 03:30, 2026-03-29T01:30:00Z, false",
        "the hour twice; first,         SUNDAY,   02:00, 03:00, 2026-10-25T00:30:00Z, true",
        "the hour twice; second,        SUNDAY,   02:00, 03:00, 2026-10-25T01:30:00Z, true",
        "the hour twice; after,         SUNDAY,   02:00, 03:00, 2026-10-25T02:00:00Z, false",
        "half of it; between,           SUNDAY,   02:00, 02:30, 2026-10-25T00:45:00Z, false",
        "night over the change,         SATURDAY, 22:00, 06:00, 2026-03-29T03:59:59Z, true",
        "night over the change; end,    SATURDAY, 22:00, 06:00, 2026-03-29T04:00:00Z, false"
    })
    void opensByTheClockOnTheWall(String name, DayOfWeek day, String start, String end, Instant time, boolean open) {
        WeeklyWindow window = new WeeklyWindow(Set.of(day), minute(start), minute(end), VIENNA);
        assertThat(window.contains(time)).as(name).isEqualTo(open);
    }

    private static int minute(String time) {
        return Integer.parseInt(time.substring(0, 2)) * 60 + Integer.parseInt(time.substring(3));
    }

    @Test
    void tellsTheNextChange() {
        WeeklyWindow window = new WeeklyWindow(Set.of(DayOfWeek.FRIDAY), 8 * 60, 17 * 60, VIENNA);
        assertThat(window.nextChange(Instant.parse("2026-01-30T06:00:00Z"))).isEqualTo("2026-01-30T07:00:00Z");
        assertThat(window.nextChange(Instant.parse("2026-01-30T07:00:00Z"))).isEqualTo("2026-01-30T16:00:00Z");
        assertThat(window.nextChange(Instant.parse("2026-03-28T20:00:00Z")))
                .as("the clock itself changes")
                .isEqualTo("2026-03-29T01:00:00Z");
    }

    @Test
    void validityEndsAndBegins() {
        Instant from = Instant.parse("2026-01-01T00:00:00Z");
        Instant until = Instant.parse("2026-02-01T00:00:00Z");
        Validity validity = new Validity(from, until, null);
        assertThat(validity.holds(from.minusMillis(1))).isFalse();
        assertThat(validity.holds(from)).isTrue();
        assertThat(validity.holds(until)).isFalse();
        assertThat(validity.nextChange(from.minusSeconds(5))).isEqualTo(from);
        assertThat(validity.nextChange(from)).isEqualTo(until);
        assertThat(validity.nextChange(until)).isEqualTo(Instant.MAX);
        assertThat(validity.isWithin(Validity.ALWAYS)).isTrue();
        assertThat(Validity.ALWAYS.isWithin(validity)).isFalse();
        assertThat(new Validity(from.plusSeconds(1), until, null).isWithin(validity))
                .isTrue();
        assertThat(new Validity(from, until.plusSeconds(1), null).isWithin(validity))
                .isFalse();
    }

    @Test
    void refusesWhatIsNoPartOfADay() {
        for (int[] minutes : new int[][] {{0, 0}, {-1, 5}, {1440, 5}, {5, 1441}, {480, 480}}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new WeeklyWindow(Set.of(DayOfWeek.MONDAY), minutes[0], minutes[1], VIENNA));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> new WeeklyWindow(Set.of(), 0, 5, VIENNA));
    }
}
