package org.bascule.domain.transfer;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bascule.domain.acl.WeeklyWindow;

/** Weekly hours as text: {@code mon,tue,fri 08:00-17:00 Europe/Vienna}. */
final class Windows {

    private static final Pattern FORM = Pattern.compile(
            "([a-z]{3}(?:,[a-z]{3}){0,6}) ([0-9]{2}):([0-5][0-9])-([0-9]{2}):([0-5][0-9]) ([A-Za-z0-9/_+-]{1,64})");

    private Windows() {}

    static String text(WeeklyWindow window) {
        String days = window.days().stream().sorted().map(Windows::code).collect(Collectors.joining(","));
        return "%s %s-%s %s".formatted(days, time(window.start()), time(window.end()), window.zone());
    }

    private static String code(DayOfWeek day) {
        return day.name().substring(0, 3).toLowerCase(Locale.ROOT);
    }

    private static String time(int minutes) {
        return "%02d:%02d".formatted(minutes / 60, minutes % 60);
    }

    /** Empty for a text that is none. */
    static Optional<WeeklyWindow> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new WeeklyWindow(
                    days(matcher.group(1)),
                    minutes(matcher.group(2), matcher.group(3)),
                    minutes(matcher.group(4), matcher.group(5)),
                    ZoneId.of(matcher.group(6))));
        } catch (DateTimeException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Set<DayOfWeek> days(String codes) {
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (String code : codes.split(",", -1)) {
            days.add(Arrays.stream(DayOfWeek.values())
                    .filter(day -> code(day).equals(code))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no day " + code)));
        }
        return days;
    }

    private static int minutes(String hours, String minutes) {
        return Integer.parseInt(hours) * 60 + Integer.parseInt(minutes);
    }
}
