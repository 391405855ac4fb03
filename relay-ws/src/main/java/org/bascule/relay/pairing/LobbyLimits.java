package org.bascule.relay.pairing;

import java.time.Duration;
import org.bascule.wire.relay.RelayLimits;

/**
 * Limits of a relay on connections ({@code docs/protocol/relay.md}).
 *
 * @param tokenWithin until a token and its proof were accepted
 * @param peerWithin until the other end came
 * @param maxUnproved connections without an accepted proof, in all
 * @param maxUnprovedPerAddress the same from one address
 * @param maxMeetings sessions with one or both ends here
 */
public record LobbyLimits(
        Duration tokenWithin,
        Duration peerWithin,
        int maxUnproved,
        int maxUnprovedPerAddress,
        int maxMeetings,
        FlowLimits flow) {

    public static final LobbyLimits DEFAULT =
            new LobbyLimits(RelayLimits.TOKEN_WITHIN, RelayLimits.PEER_WITHIN, 1_000, 50, 10_000, FlowLimits.DEFAULT);

    /**
     * Of the heap for each session. An idle one takes a tenth of it; one that has stalled in both directions nearly all, beside what is in the {@link Budget}: for each end what its socket did not take (a
     * message, and 64 KiB of small ones), and half a message, decrypted and not.
     */
    private static final long HEAP_FOR_MEETING = 512 << 10;

    /**
     * Sessions that a relay takes where nobody says how many.
     *
     * @param heap bytes that it may have
     */
    public static int meetings(long heap) {
        return (int) Math.max(1, Math.min(DEFAULT.maxMeetings(), heap / HEAP_FOR_MEETING));
    }

    public LobbyLimits {
        if (maxUnproved < 1 || maxUnprovedPerAddress < 1 || maxMeetings < 1) {
            throw new IllegalArgumentException("a limit of a relay is at least 1");
        }
    }
}
