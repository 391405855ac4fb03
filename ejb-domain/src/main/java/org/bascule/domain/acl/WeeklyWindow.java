package org.bascule.domain.acl;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.EnumSet;
import java.util.Set;

/**
 * The same hours of some days of each week, by the clock on the wall of a time zone (requirement ACL-6). It is open whenever that clock shows a
 * time in it: an hour that the clock shows twice in autumn is open twice, one that it leaves out in spring is not open at all.
 *
 * @param days on which it begins; at least one
 * @param start minute of the day, 0 to 1439
 * @param end minute of the day, not included, 1 to 1440; one before {@code start} is on the next day
 */
public record WeeklyWindow(Set<DayOfWeek> days, int start, int end, ZoneId zone) {

    public static final int DAY = 24 * 60;

    public WeeklyWindow {
        if (days.isEmpty()) {
            throw new IllegalArgumentException("a window has a day");
        }
        if (start < 0 || start >= DAY || end < 0 || end > DAY || start == end) {
            throw new IllegalArgumentException("minutes %d to %d are no part of a day".formatted(start, end));
        }
        days = Set.copyOf(days);
    }

    /** Bit 0 is Monday. */
    static Set<DayOfWeek> days(int bits) {
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (DayOfWeek day : DayOfWeek.values()) {
            if ((bits >> day.ordinal() & 1) == 1) {
                days.add(day);
            }
        }
        return days;
    }

    int dayBits() {
        return days.stream().mapToInt(day -> 1 << day.ordinal()).sum();
    }

    /** Whether it is open at that time. */
    public boolean contains(Instant time) {
        ZonedDateTime local = time.atZone(zone);
        int minute = local.getHour() * 60 + local.getMinute();
        DayOfWeek today = local.getDayOfWeek();
        if (start < end) {
            return minute >= start && minute < end && days.contains(today);
        }
        return minute >= start && days.contains(today) || minute < end && days.contains(today.minus(1));
    }

    /**
     * The first time after this one at which it may open or close. There may be nothing to notice then, but there never is anything in between.
     */
    Instant nextChange(Instant after) {
        ZoneRules rules = zone.getRules();
        LocalDate today = after.atZone(zone).toLocalDate();
        Instant next = Instant.MAX;
        ZoneOffsetTransition transition = rules.nextTransition(after);
        if (transition != null) {
            next = transition.getInstant();
        }
        for (int day = -1; day <= 8; day++) {
            next = earlier(
                    next, after, rules, today.plusDays(day).atStartOfDay().plusMinutes(start));
            next = earlier(
                    next, after, rules, today.plusDays(day).atStartOfDay().plusMinutes(end));
        }
        return next;
    }

    private static Instant earlier(Instant found, Instant after, ZoneRules rules, LocalDateTime wall) {
        Instant earliest = found;
        for (ZoneOffset offset : rules.getValidOffsets(wall)) {
            Instant time = wall.toInstant(offset);
            if (time.isAfter(after) && time.isBefore(earliest)) {
                earliest = time;
            }
        }
        return earliest;
    }
}
