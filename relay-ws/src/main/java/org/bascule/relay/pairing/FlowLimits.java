package org.bascule.relay.pairing;

import java.time.Duration;
import org.bascule.wire.relay.RelayLimits;

/**
 * How much may wait for a slow receiver.
 *
 * @param pausedAbove bytes queued in one direction above which the sender is not read any more
 * @param neverAbove bytes queued in one direction above which the pair is closed at once
 * @param stalledFor how long a receiver may take nothing while so much is queued
 * @param silentFor how long a pair without any message is kept: both ends lost power. Ends send at least every 15 s
 */
public record FlowLimits(long pausedAbove, long neverAbove, Duration stalledFor, Duration silentFor) {

    /** 256 KiB, 4 MiB (what an end keeps unacknowledged at most), 10 s, 2 minutes. */
    public static final FlowLimits DEFAULT =
            new FlowLimits(RelayLimits.STALLED_ABOVE, 4L << 20, RelayLimits.STALLED_FOR, Duration.ofMinutes(2));

    public FlowLimits {
        if (pausedAbove < RelayLimits.MAX_MESSAGE || neverAbove < pausedAbove) {
            throw new IllegalArgumentException("flow limits %d and %d: at least one message, and in this order"
                    .formatted(pausedAbove, neverAbove));
        }
    }
}
