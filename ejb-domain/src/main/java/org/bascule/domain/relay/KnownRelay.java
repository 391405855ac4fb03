package org.bascule.domain.relay;

import java.time.Duration;
import java.time.Instant;
import org.bascule.wire.Sha256;
import org.bascule.wire.registry.HeartbeatAnswer;
import org.bascule.wire.registry.RelayDescription;
import org.bascule.wire.registry.RelayHeartbeat;
import org.bascule.wire.registry.RelayLoad;
import org.bascule.wire.words.FingerprintWords;

/**
 * A relay that has made itself known.
 *
 * @param publicKey 32 bytes, Ed25519
 * @param drain whether the operator wants it to be empty
 * @param number of the last heartbeat
 * @param address that the last heartbeat came from
 */
public record KnownRelay(
        RelayDescription relay,
        byte[] publicKey,
        HeartbeatAnswer.State state,
        boolean drain,
        RelayLoad load,
        long number,
        String address,
        Instant firstSeen,
        Instant lastHeartbeat) {

    /** What people compare. */
    public String words() {
        return FingerprintWords.text(Sha256.of(publicKey));
    }

    public boolean isApproved() {
        return state == HeartbeatAnswer.State.APPROVED;
    }

    /** Whether nothing was heard of it for too long. */
    public boolean isSilent(Instant now) {
        return Duration.between(lastHeartbeat, now).compareTo(RelayHeartbeat.SILENCE) > 0;
    }
}
