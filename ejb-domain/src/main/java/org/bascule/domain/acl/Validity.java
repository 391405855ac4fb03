package org.bascule.domain.acl;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When an entry counts; null stands for "no limit". At other times it is as if it were not there.
 *
 * @param from included
 * @param until not included
 */
public record Validity(@Nullable Instant from, @Nullable Instant until, @Nullable WeeklyWindow window) {

    /** Always. */
    public static final Validity ALWAYS = new Validity(null, null, null);

    public boolean isAlways() {
        return from == null && until == null && window == null;
    }

    /** Whether an entry counts at that time. */
    public boolean holds(Instant time) {
        return (from == null || !time.isBefore(from))
                && (until == null || time.isBefore(until))
                && (window == null || window.contains(time));
    }

    /** The first time after this one at which {@link #holds} may change; {@link Instant#MAX} if never again. */
    Instant nextChange(Instant after) {
        if (until != null && !after.isBefore(until)) {
            return Instant.MAX;
        }
        Instant next = until == null ? Instant.MAX : until;
        if (from != null && from.isAfter(after)) {
            return from;
        }
        if (window != null) {
            Instant change = window.nextChange(after);
            return change.isBefore(next) ? change : next;
        }
        return next;
    }

    /** Whether nothing counts by this that does not count by the other one, as far as their forms tell. */
    public boolean isWithin(Validity other) {
        boolean begins = other.from == null || from != null && !from.isBefore(other.from);
        boolean ends = other.until == null || until != null && !until.isAfter(other.until);
        boolean hours = other.window == null || other.window.equals(window);
        return begins && ends && hours;
    }
}
