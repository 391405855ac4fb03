package org.bascule.session.trust;

import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.bascule.wire.keys.DeviceStaticPublicKey;
import org.bascule.wire.log.TreeHead;

/**
 * A device whose key passed the checks.
 *
 * @param staticKey what the handshake is made with
 * @param firstContact never seen before: shown as unverified until the fingerprint was compared
 * @param head of the domain's tree, in which its certificate is
 */
public record VerifiedDevice(
        String uid,
        DeviceIdentityPublicKey identity,
        DeviceStaticPublicKey staticKey,
        boolean firstContact,
        TreeHead head) {

    /** For people to compare: 16 hexadecimal digits in groups of four. */
    public String fingerprint() {
        return identity.fingerprint();
    }
}
