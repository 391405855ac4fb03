package org.bascule.domain.directory;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * Whether help may be asked for at a device.
 *
 * @param until no longer after that; null: no end
 */
public record DeviceAssistance(boolean enabled, @Nullable Instant until) {

    /** Of a device that was just enrolled. */
    public static final DeviceAssistance OFF = new DeviceAssistance(false, null);

    private static final Instant LAST = Instant.parse("9999-12-31T00:00:00Z");

    /**
     * What is kept of it: no end where it is off, and milliseconds.
     *
     * @throws RefusedException {@code INVALID} for an end that is over
     */
    public DeviceAssistance checked(Instant now) throws RefusedException {
        if (!enabled) {
            return OFF;
        }
        if (until != null && !until.isAfter(now)) {
            throw RefusedException.invalid("assistance", "The end must be in the future.");
        }
        if (until != null && !until.isBefore(LAST)) {
            throw RefusedException.invalid("assistance", "This time is not within the years 1000 to 9999.");
        }
        return kept();
    }

    /** The same without what has no meaning. */
    public DeviceAssistance kept() {
        return enabled ? new DeviceAssistance(true, until == null ? null : until.truncatedTo(ChronoUnit.MILLIS)) : OFF;
    }
}
