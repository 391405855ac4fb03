package org.bascule.session.trust;

import java.util.Optional;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.bascule.wire.keys.DeviceStaticPublicKey;
import org.bascule.wire.log.TreeHead;
import org.bascule.wire.words.FingerprintWords;

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

    /** Never met before. */
    public boolean firstContact() {
        return seen.isEmpty();
    }

    /** Whether a person compared the words of its key, or of one that leads to it, with those at the device. Until then it is shown as unverified. */
    public boolean compared() {
        return seen.map(DeviceTrust::compared).orElse(false);
    }

    /** For people to compare: 16 hexadecimal digits in groups of four. */
    public String fingerprint() {
        return identity.fingerprint();
    }

    /** For people to compare by voice: eight words in one line. */
    public String words() {
        return FingerprintWords.text(identity.thumbprint());
    }
}
