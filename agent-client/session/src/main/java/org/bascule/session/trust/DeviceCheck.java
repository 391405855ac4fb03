package org.bascule.session.trust;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.bascule.wire.session.SessionOpened;
import org.bascule.wire.trust.Continuity;
import org.bascule.wire.trust.DeviceCertificates;
import org.bascule.wire.trust.KeySet;

/** The checks before m1, in their order; the first that fails names itself. What passed all of them is remembered. */
public final class DeviceCheck {

    private final TrustStore store;
    private final InstantSource clock;

    public DeviceCheck(TrustStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * Checks what the access server answered about a device.
     *
     * @param server what the user calls the installation; what is remembered is kept under it
     * @param uid the device that was asked for
     */
    public VerifiedDevice check(String server, String uid, SessionOpened answer) throws TrustException, IOException {
        if (!answer.device().equals(uid)) {
            throw new TrustException(TrustException.Check.OTHER_ANSWER, "the answer is about another device");
        }
        return store.update(server, remembered -> decide(remembered, answer));
    }

    private TrustStore.Decision<VerifiedDevice> decide(Optional<InstallationTrust> remembered, SessionOpened answer)
            throws TrustException {
        Instant now = clock.instant();
        requireSameRoot(remembered, answer);
        KeySet keys = keySet(remembered, answer);
        DeviceIdentityPublicKey identity = identity(keys, answer, now);
        verifyEndorsement(identity, answer, now);
        Optional<DeviceTrust> seen = remembered.flatMap(trust -> trust.device(answer.device()));
        if (seen.isPresent()) {
            requireSameDevice(seen.get(), identity, answer);
        }
        InstallationTrust base =
                remembered.orElseGet(() -> new InstallationTrust(answer.root(), keys.issuer(), keys.seq(), Map.of()));
        DeviceTrust device =
                new DeviceTrust(identity.thumbprint(), answer.endorsement().counter());
        return new TrustStore.Decision<>(
                new VerifiedDevice(
                        answer.device(), identity, answer.endorsement().key(), seen.isEmpty()),
                base.with(keys.seq(), answer.device(), device));
    }

    private static void requireSameRoot(Optional<InstallationTrust> remembered, SessionOpened answer)
            throws TrustException {
        if (remembered.isPresent() && !remembered.get().root().equals(answer.root())) {
            throw new TrustException(
                    TrustException.Check.ROOT_CHANGED, "the installation shows another root key than at first use");
        }
    }

    private static KeySet keySet(Optional<InstallationTrust> remembered, SessionOpened answer) throws TrustException {
        KeySet keys;
        try {
            keys = KeySet.verify(answer.keySet(), answer.root());
        } catch (WireException e) {
            throw new TrustException(TrustException.Check.KEY_SET, "the key set is not the installation's", e);
        }
        boolean otherIssuer =
                remembered.isPresent() && !remembered.get().issuer().equals(keys.issuer());
        if (!keys.issuer().equals(answer.issuer()) || otherIssuer) {
            throw new TrustException(TrustException.Check.KEY_SET, "the key set is for another issuer");
        }
        if (remembered.isPresent() && keys.seq() < remembered.get().keySetSeq()) {
            throw new TrustException(
                    TrustException.Check.KEY_SET_ROLLED_BACK, "the key set is older than the newest seen");
        }
        return keys;
    }

    private static DeviceIdentityPublicKey identity(KeySet keys, SessionOpened answer, Instant now)
            throws TrustException {
        try {
            return DeviceCertificates.verify(
                    DeviceCertificates.parseChain(answer.chain()), keys, answer.domain(), answer.device(), now);
        } catch (WireException e) {
            throw new TrustException(
                    TrustException.Check.CERTIFICATE, "the device's certificate is refused: " + e.getMessage(), e);
        }
    }

    private static void verifyEndorsement(DeviceIdentityPublicKey identity, SessionOpened answer, Instant now)
            throws TrustException {
        try {
            answer.endorsement().verify(identity, answer.device(), answer.domain(), now);
        } catch (WireException e) {
            throw new TrustException(
                    TrustException.Check.ENDORSEMENT, "the device's static key is refused: " + e.getMessage(), e);
        }
    }

    /** The key that was seen last time, or one to which keys that it signed lead. */
    private static void requireSameDevice(DeviceTrust seen, DeviceIdentityPublicKey identity, SessionOpened answer)
            throws TrustException {
        if (!Continuity.leads(answer.continuity(), answer.device(), answer.domain(), seen.identity(), identity)) {
            throw new TrustException(
                    TrustException.Check.IDENTITY_CHANGED, "the device has another identity than the last time");
        }
        if (answer.endorsement().counter() < seen.counter()) {
            throw new TrustException(
                    TrustException.Check.ENDORSEMENT_ROLLED_BACK, "the endorsement is older than the newest seen");
        }
    }
}
