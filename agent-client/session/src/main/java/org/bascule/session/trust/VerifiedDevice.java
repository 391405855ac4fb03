package org.bascule.session.trust;

import java.util.Optional;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.bascule.wire.keys.DeviceStaticPublicKey;
import org.bascule.wire.log.TreeHead;

/**
 * A device whose key passed the checks.
 *
 * @param staticKey what the handshake is made with
 * @param counter of the endorsement of the static key
 * @param seen what was remembered of it
 * @param head of the domain's tree, in which its certificate is
 */
public record VerifiedDevice(
        String uid,
        DeviceIdentityPublicKey identity,
        DeviceStaticPublicKey staticKey,
        long counter,
        Optional<DeviceTrust> seen,
        TreeHead head) {

    /** Never met before: shown as unverified until the fingerprint was compared. */
    public boolean firstContact() {
        return seen.isEmpty();
    }

    /** For people to compare: 16 hexadecimal digits in groups of four. */
    public String fingerprint() {
        return identity.fingerprint();
    }
}
