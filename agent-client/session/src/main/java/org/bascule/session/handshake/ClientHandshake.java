package org.bascule.session.handshake;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bascule.session.handshake.HandshakeFormat.Payload1;
import org.bascule.session.handshake.HandshakeFormat.Payload2;
import org.bascule.session.noise.MlKem768;
import org.bascule.session.noise.NkPsk2Initiator;
import org.bascule.session.noise.NoiseException;
import org.bascule.session.noise.X25519;
import org.bascule.wire.Operations;
import org.bascule.wire.Sha256;
import org.bascule.wire.keys.DeviceStaticPublicKey;
import org.bascule.wire.log.TreeHead;

/**
 * The client's side of the handshake: m1 out, m2 in. The checks "before m1" (package {@code trust}) come first; this class takes the static key as given. One
 * object is one handshake: {@link #finish} works once, whether it succeeds or not.
 */
public final class ClientHandshake {

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Prologue prologue;
    private final Operations requested;
    private final MlKem768.KeyPair kem;
    private final NkPsk2Initiator noise;
    private final byte[] m1;

    private ClientHandshake(
            Prologue prologue,
            DeviceStaticPublicKey device,
            Operations requested,
            TreeHead head,
            byte[] ephemeral,
            MlKem768.KeyPair kem)
            throws HandshakeException {
        this.prologue = prologue;
        this.requested = requested;
        this.kem = kem;
        this.noise = new NkPsk2Initiator(prologue.bytes(), device.raw(), ephemeral);
        try {
            this.m1 = noise.writeMessage1(new Payload1(kem.encapsulationKey(), requested, head).bytes());
        } catch (NoiseException e) {
            throw HandshakeException.of(e);
        }
    }

    /**
     * Starts a handshake with fresh keys.
     *
     * @param head of the domain's tree, as it was verified: the device compares it with what it has seen
     * @throws HandshakeException {@code LOW_ORDER_POINT} if the device's static key is none
     */
    public static ClientHandshake start(
            Prologue prologue, DeviceStaticPublicKey device, Operations requested, TreeHead head)
            throws HandshakeException {
        return new ClientHandshake(
                prologue, device, requested, head, X25519.generatePrivate(RANDOM), MlKem768.KeyPair.generate(RANDOM));
    }

    /** For vectors alone: the caller chooses what must be random and used once. */
    static ClientHandshake startInsecure(
            Prologue prologue,
            DeviceStaticPublicKey device,
            Operations requested,
            TreeHead head,
            byte[] ephemeral,
            byte[] kemSeed)
            throws HandshakeException {
        return new ClientHandshake(prologue, device, requested, head, ephemeral, MlKem768.KeyPair.fromSeed(kemSeed));
    }

    /** {@code e[32] ‖ AEAD(P1)}. */
    public byte[] message1() {
        return m1.clone();
    }

    /**
     * Reads m2 and checks what it carries.
     *
     * @param ticket compact text as the access server sent it with m2
     */
    public Completed finish(byte[] m2, String ticket) throws HandshakeException {
        HandshakeFormat.requireSize(m2);
        if (m2.length < MlKem768.CT_LENGTH) {
            throw new HandshakeException(HandshakeException.Reason.TOO_SHORT);
        }
        byte[] ct = Arrays.copyOf(m2, MlKem768.CT_LENGTH);
        byte[] rest = Arrays.copyOfRange(m2, MlKem768.CT_LENGTH, m2.length);
        try {
            byte[] psk = HandshakeFormat.psk(kem.decapsulate(ct), prologue.bytes(), m1, kem.encapsulationKey(), ct);
            NkPsk2Initiator.Result result = noise.readMessage2(rest, psk);
            Payload2 payload = Payload2.parse(result.payload());
            check(payload, ticket);
            return new Completed(
                    SessionKeys.of(prologue.sid(), result.keys(), m1, m2), payload.granted(), payload.seen());
        } catch (NoiseException e) {
            throw HandshakeException.of(e);
        }
    }

    private void check(Payload2 payload, String ticket) throws HandshakeException {
        if (!MessageDigest.isEqual(payload.ticketHash(), Sha256.of(ticket))) {
            throw new HandshakeException(HandshakeException.Reason.OTHER_TICKET);
        }
        if (!payload.granted().isSubsetOf(requested)) {
            throw new HandshakeException(HandshakeException.Reason.NOT_REQUESTED);
        }
    }

    /**
     * A handshake that succeeded.
     *
     * @param granted a subset of what was asked for, not empty
     * @param seen what the device says about the log; comparing it is the caller's
     */
    public record Completed(SessionKeys keys, Operations granted, HeadSeen seen) {}
}
