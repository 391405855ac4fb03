package org.bascule.control.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.bascule.control.CommandException;
import org.bascule.wire.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {

    private static final Instant NOW = Instant.parse("2026-01-02T12:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "+8h, 2026-01-02T20:00:00Z",
        "+7d, 2026-01-09T12:00:00Z",
        "+90m, 2026-01-02T13:30:00Z",
        "2026-12-24T18:00:00Z, 2026-12-24T18:00:00Z",
        "2026-12-24T18:00:00+01:00, 2026-12-24T17:00:00Z",
        "2026-12-24T18:00+01:00, 2026-12-24T17:00:00Z"
    })
    void momentsHaveAZoneOrAreFromNow(String text, Instant expected) throws CommandException {
        assertThat(Times.moment(text, NOW)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "+",
                "+8",
                "tomorrow",
                "2026-12-24",
                "2026-12-24T18:00:00",
                "+99999999999999999999d",
                "\u001b"
            })
    void whatIsNoMomentIsRefused(String text) {
        assertThatThrownBy(() -> Times.moment(text, NOW))
                .isInstanceOf(CommandException.class)
                .hasMessageNotContaining("\u001b");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mon-fri | mon tue wed thu fri",
                "sat,sun | sat sun",
                "fri-mon | mon fri sat sun",
                "daily | mon tue wed thu fri sat sun",
                "wed | wed",
                "mon,mon-tue | mon tue"
            })
    void daysAreRangesAndLists(String days, String expected) throws CommandException {
        var window = Times.window(days + " 22:00-06:00 Europe/Vienna");
        assertThat(Output.text(window, "days")).isEqualTo(expected);
        assertThat(Output.text(window, "start")).isEqualTo("22:00");
        assertThat(Output.text(window, "end")).isEqualTo("06:00");
        assertThat(Output.text(window, "zone")).isEqualTo("Europe/Vienna");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "mon-fri",
                "mon-fri 08:00-17:00",
                "mon-fri 8-17 Europe/Vienna",
                "mon-fri 08:00-17:00 Vienna",
                "mo-fr 08:00-17:00 Europe/Vienna",
                "mon-tue-wed 08:00-17:00 Europe/Vienna",
                "mon, 08:00-17:00 Europe/Vienna"
            })
    void whatIsNoWindowIsRefused(String text) {
        assertThatThrownBy(() -> Times.window(text)).isInstanceOf(CommandException.class);
    }

    /** As it was written, so that it can be written again. */
    @Test
    void aWindowIsShownAsItIsWritten() throws CommandException {
        for (String text : new String[] {"daily 00:00-24:00 UTC", "mon,wed 08:00-17:00 Europe/Vienna"}) {
            assertThat(Times.text(Json.createObjectBuilder()
                            .add("window", Times.window(text))
                            .build()))
                    .isEqualTo(text);
        }
    }
}
