package org.bascule.domain.device;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.lifecycle.Renewals;
import org.bascule.domain.pki.Installation;
import org.bascule.domain.pki.SignedKeySet;
import org.bascule.domain.pki.Signers;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.B64;
import org.bascule.wire.WireException;
import org.bascule.wire.control.ChannelMessage;
import org.bascule.wire.control.ControlTranscript;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.bascule.wire.trust.DeviceCertificates;
import org.bascule.wire.trust.Endorsement;
import org.jspecify.annotations.Nullable;

/** The mutual proof of a control channel: who the device is, what TLS it sees, and the server's answer over the same transcript. */
@ApplicationScoped
public class ChannelProofs {

    static final int HEARTBEAT_SECONDS = 10;

    @Inject
    Settings settings;

    @Inject
    Installation installation;

    @Inject
    Signers signers;

    @Inject
    DeviceStore store;

    @Inject
    Renewals renewals;

    @Inject
    Clock clock;

    private final KnownAuthorities authorities = new KnownAuthorities();

    /**
     * A device that proved itself, and the transcript that both sign.
     *
     * @param serial of the certificate that it showed, lower-case hexadecimal
     * @param chain a new certificate for the same key, or empty
     */
    public record Proven(KnownDevice device, ControlTranscript transcript, String serial, List<String> chain) {

        public Proven {
            chain = List.copyOf(chain);
        }
    }

    /** Checks in the order of what is cheap, and says what is wrong. */
    public Proven check(byte[] serverNonce, ChannelMessage.Auth auth, String address) throws ChannelRefusedException {
        SignedKeySet keys = installation
                .keySet()
                .orElseThrow(() -> new ChannelRefusedException(
                        ChannelRefusal.BUSY, "The key set of this installation has not been signed yet."));
        if (!settings.agentServerNames().contains(auth.server())) {
            throw new ChannelRefusedException(ChannelRefusal.WRONG_SERVER);
        }
        if (!settings.tlsSpkiHashes().contains(B64.encode(auth.spki()))) {
            throw new ChannelRefusedException(ChannelRefusal.TLS_INTERCEPTED);
        }
        if (!Uuid7.isUuid(auth.uid())) {
            throw new ChannelRefusedException(ChannelRefusal.UNKNOWN_DEVICE);
        }
        List<X509Certificate> chain = authorities.chain(auth.chain());
        KnownDevice device = known(auth.uid(), chain);
        ControlTranscript transcript =
                new ControlTranscript(serverNonce, auth.nonce(), auth.server(), auth.uid(), auth.spki());
        return verify(keys, device, auth, chain, transcript, address);
    }

    private KnownDevice known(String uid, List<X509Certificate> chain) throws ChannelRefusedException {
        @Nullable
        KnownDevice device = store.holder(uid, serial(chain))
                .orElseThrow(() -> new ChannelRefusedException(ChannelRefusal.UNKNOWN_DEVICE))
                .device();
        if (device == null || device.revoked()) {
            throw new ChannelRefusedException(ChannelRefusal.REVOKED);
        }
        return device;
    }

    private static String serial(List<X509Certificate> chain) {
        return chain.get(0).getSerialNumber().toString(16);
    }

    /**
     * A certificate that has ended counts for {@link Renewals#ABSENCE} more, and another is issued at once. A next key is in force from its first proof. Nothing of
     * this happens for a device in quarantine, where it is not known which of two it is.
     */
    private Proven verify(
            SignedKeySet keys,
            KnownDevice device,
            ChannelMessage.Auth auth,
            List<X509Certificate> chain,
            ControlTranscript transcript,
            String address)
            throws ChannelRefusedException {
        Instant now = clock.instant();
        Instant end = chain.get(0).getNotAfter().toInstant();
        boolean ended = now.isAfter(end) && now.isBefore(end.plus(Renewals.ABSENCE));
        try {
            DeviceIdentityPublicKey identity =
                    DeviceCertificates.verify(chain, keys.keys(), device.domainId(), device.uid(), ended ? end : now);
            authorities.verified(auth.chain(), chain);
            identity.verify(transcript.forAgent(), auth.signature());
            if (device.quarantined()) {
                throw new ChannelRefusedException(ChannelRefusal.CLONE);
            }
            KnownDevice proved = withKey(device, identity, address);
            return new Proven(proved, transcript, serial(chain), ended ? comeBack(proved, end, address) : List.of());
        } catch (WireException e) {
            throw new ChannelRefusedException(ChannelRefusal.BAD_PROOF);
        }
    }

    private List<String> comeBack(KnownDevice device, Instant end, String address) throws ChannelRefusedException {
        try {
            return renewals.comeBack(
                    new Renewals.Renewing(device.domainId(), device.uid(), device.name(), device.identity(), address),
                    end);
        } catch (RefusedException e) {
            // revoked since it was read
            throw new ChannelRefusedException(ChannelRefusal.REVOKED);
        }
    }

    private KnownDevice withKey(KnownDevice device, DeviceIdentityPublicKey identity, String address)
            throws ChannelRefusedException {
        if (identity.equals(device.identity())) {
            return device;
        }
        if (!renewals.promote(device.domainId(), device.uid(), device.name(), identity, address)) {
            throw new ChannelRefusedException(ChannelRefusal.BAD_PROOF);
        }
        return store.find(device.uid()).orElseThrow(() -> new ChannelRefusedException(ChannelRefusal.UNKNOWN_DEVICE));
    }

    /** The server's half. */
    public ChannelMessage.Welcome welcome(Proven proven) throws ChannelRefusedException {
        try {
            Instant now = clock.instant();
            Signers.ControlProof proof = signers.prove(proven.transcript(), now);
            return new ChannelMessage.Welcome(
                    proof.kid(),
                    proof.signature(),
                    now,
                    HEARTBEAT_SECONDS,
                    installation.requireKeySet().text(),
                    proven.device().account(),
                    proven.device().name(),
                    proven.chain());
        } catch (RefusedException e) {
            throw new ChannelRefusedException(ChannelRefusal.BUSY, e.detail());
        }
    }

    /**
     * Looks whether the endorsement is this device's and valid now. The signature of the one that is stored was verified before.
     *
     * @return whether it is the one that is stored
     */
    public boolean verify(KnownDevice device, Endorsement endorsement) throws ChannelRefusedException {
        try {
            boolean stored = store.isEndorsed(device, endorsement);
            if (stored) {
                endorsement.requireValid(clock.instant());
            } else {
                endorsement.verify(device.identity(), device.uid(), device.domainId(), clock.instant());
            }
            return stored;
        } catch (WireException e) {
            throw new ChannelRefusedException(ChannelRefusal.BAD_PROOF, "The endorsement does not verify.");
        }
    }
}
