package org.bascule.agent.command;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bascule.agent.owner.SwitchSetting;
import picocli.CommandLine;

/** Lengths of time on the command line: {@code 8h}, {@code 90m}, {@code 2d}, {@code 1h30m}. */
final class Times implements CommandLine.ITypeConverter<Duration> {

    private static final Pattern FORM =
            Pattern.compile("(?:(\\d{1,4})d)?(?:(\\d{1,4})h)?(?:(\\d{1,5})m)?(?:(\\d{1,7})s)?");

    @Override
    public Duration convert(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!text.isEmpty() && matcher.matches()) {
            Duration length = Duration.ofDays(number(matcher, 1))
                    .plusHours(number(matcher, 2))
                    .plusMinutes(number(matcher, 3))
                    .plusSeconds(number(matcher, 4));
            if (!length.isZero() && length.compareTo(SwitchSetting.LONGEST) <= 0) {
                return length;
            }
        }
        throw new CommandLine.TypeConversionException(
                "a time is given as 8h, 90m, 2d or 1h30m, of at most " + SwitchSetting.LONGEST.toDays() + " days");
    }

    private static long number(Matcher matcher, int group) {
        return matcher.group(group) == null ? 0 : Long.parseLong(matcher.group(group));
    }
}
