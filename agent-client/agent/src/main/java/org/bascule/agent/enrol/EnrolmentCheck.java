package org.bascule.agent.enrol;

import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import org.bascule.agent.enrol.EnrolException.Reason;
import org.bascule.agent.state.Registration;
import org.bascule.wire.WireException;
import org.bascule.wire.enrol.EnrolAnswer;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.bascule.wire.trust.DeviceCertificates;
import org.bascule.wire.trust.KeySet;

/** What must hold before an answer is believed: root by the token's hash, key set by the root, certificate by the key set, own key in it. */
final class EnrolmentCheck {

    private EnrolmentCheck() {}

    static Registration check(
            String server, EnrolAnswer answer, byte[] pinnedRootHash, DeviceIdentityPublicKey own, Instant now)
            throws EnrolException {
        if (!MessageDigest.isEqual(answer.root().hash(), pinnedRootHash)) {
            throw new EnrolException(
                    Reason.NOT_TRUSTED, "The server's installation is not the one that the token was made for.");
        }
        try {
            KeySet keySet = KeySet.verify(answer.keySet(), pinnedRootHash);
            if (!keySet.issuer().equals(answer.issuer())) {
                throw new EnrolException(Reason.NOT_TRUSTED, "The server names another issuer than its key set.");
            }
            DeviceIdentityPublicKey certified = DeviceCertificates.verify(
                    DeviceCertificates.parseChain(answer.chain()), keySet, answer.domain(), answer.uid(), now);
            if (!certified.equals(own)) {
                throw new EnrolException(Reason.NOT_TRUSTED, "The server certified another key than this device's.");
            }
        } catch (WireException e) {
            String hint = e.reason() == WireException.Reason.EXPIRED ? " (is this device's clock right?)" : "";
            throw new EnrolException(
                    Reason.NOT_TRUSTED, "The server's answer does not verify: " + e.getMessage() + hint + ".", e);
        }
        return new Registration(
                List.of(server),
                answer.uid(),
                answer.name(),
                answer.domain(),
                answer.domainName(),
                answer.issuer(),
                answer.chain(),
                pinnedRootHash);
    }
}
