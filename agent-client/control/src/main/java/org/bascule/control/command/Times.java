package org.bascule.control.command;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;

/** Times as people write them on a command line. What is none is a {@link CommandException} with {@link ExitCode#USAGE}. */
final class Times {

    static final String MOMENT = "a time with its zone such as 2026-12-24T18:00:00Z, or from now, such as +8h or +7d";
    static final String WINDOW = "weekly, by the clock on the wall there: \"mon-fri 08:00-17:00 Europe/Vienna\"";

    private static final List<String> DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");
    private static final Pattern WEEKLY = Pattern.compile("(\\S+)\\s+(\\d{2}:\\d{2})-(\\d{2}:\\d{2})\\s+(\\S+)");

    private Times() {}

    /** {@code 30m}, {@code 12h}, {@code 7d}. */
    static Duration duration(String text) throws CommandException {
        String upper = text.toUpperCase(Locale.ROOT);
        try {
            return Duration.parse(upper.endsWith("D") ? "P" + upper : "PT" + upper);
        } catch (DateTimeException | ArithmeticException e) {
            throw new CommandException(
                    ExitCode.USAGE, "a time is a number with s, m, h or d, not " + Printable.of(text), e);
        }
    }

    static Instant moment(String text, Instant now) throws CommandException {
        try {
            return text.startsWith("+")
                    ? now.plus(duration(text.substring(1)))
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException | ArithmeticException e) {
            throw new CommandException(ExitCode.USAGE, "not " + MOMENT + ": " + Printable.of(text), e);
        }
    }

    /** The member {@code window} of an entry. */
    static JsonObject window(String text) throws CommandException {
        Matcher parts = WEEKLY.matcher(text.strip());
        if (!parts.matches()) {
            throw noWindow(text, null);
        }
        JsonArrayBuilder days = Json.createArrayBuilder();
        days(parts.group(1)).forEach(days::add);
        try {
            ZoneId.of(parts.group(4));
        } catch (DateTimeException e) {
            throw noWindow(text, e);
        }
        return Json.createObjectBuilder()
                .add("days", days)
                .add("start", parts.group(2))
                .add("end", parts.group(3))
                .add("zone", parts.group(4))
                .build();
    }

    /** {@code mon-fri}, {@code sat,sun}, {@code fri-mon}, {@code daily}. */
    private static List<String> days(String text) throws CommandException {
        if (text.equals("daily")) {
            return DAYS;
        }
        List<String> named = new ArrayList<>();
        for (String range : text.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] ends = range.split("-", -1);
            int first = DAYS.indexOf(ends[0]);
            int last = DAYS.indexOf(ends[ends.length - 1]);
            if (first < 0 || last < 0 || ends.length > 2) {
                throw noWindow(text, null);
            }
            for (int day = first; day != last; day = (day + 1) % DAYS.size()) {
                named.add(DAYS.get(day));
            }
            named.add(DAYS.get(last));
        }
        return DAYS.stream().filter(named::contains).toList();
    }

    private static CommandException noWindow(String text, @Nullable Exception cause) {
        return new CommandException(ExitCode.USAGE, "a window is " + WINDOW + ", not " + Printable.of(text), cause);
    }

    /** A window as it is written on the command line; empty if there is none. */
    static String text(JsonObject entry) {
        if (!(entry.get("window") instanceof JsonObject window)) {
            return "";
        }
        List<String> days = Arrays.asList(Output.text(window, "days").split(" "));
        return (days.containsAll(DAYS) ? "daily" : String.join(",", days))
                + " %s-%s %s"
                        .formatted(
                                Output.text(window, "start"), Output.text(window, "end"), Output.text(window, "zone"));
    }
}
