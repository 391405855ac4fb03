package org.bascule.session.handshake;

import java.security.SecureRandom;
import java.util.List;
import org.bascule.session.handshake.HandshakeFormat.Payload1;
import org.bascule.session.handshake.HandshakeFormat.Payload2;
import org.bascule.session.noise.MlKem768;
import org.bascule.session.noise.NkPsk2Responder;
import org.bascule.session.noise.NoiseException;
import org.bascule.session.noise.X25519;
import org.bascule.wire.Bytes;
import org.bascule.wire.Operations;
import org.bascule.wire.Sha256;
import org.bascule.wire.keys.DeviceStaticPublicKey;
import org.bascule.wire.log.TreeHead;

/**
 * The agent's side of the handshake: m1 in, m2 out. The agent verifies the ticket first (signature, time, audience, {@code cnf} = SHA-256(m1), single use) and
 * builds the prologue from it and from its own identity.
 */
public final class DeviceHandshake {

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Prologue prologue;
    private final byte[] m1;
    private final Payload1 payload;
    private final NkPsk2Responder noise;
    private final DeviceStaticPublicKey used;

    private DeviceHandshake(
            Prologue prologue, byte[] m1, Payload1 payload, NkPsk2Responder noise, DeviceStaticPublicKey used) {
        this.prologue = prologue;
        this.m1 = m1;
        this.payload = payload;
        this.noise = noise;
        this.used = used;
    }

    /**
     * Reads m1 with the first of the static keys that it was made for.
     *
     * @param keys the endorsed key, then, during the overlap, the previous one
     */
    public static DeviceHandshake read(Prologue prologue, List<DeviceStaticKey> keys, byte[] m1)
            throws HandshakeException {
        HandshakeFormat.requireSize(m1);
        HandshakeException failure = new HandshakeException(HandshakeException.Reason.BAD_TAG);
        for (DeviceStaticKey key : keys) {
            NkPsk2Responder noise = new NkPsk2Responder(
                    prologue.bytes(), key.revealRaw(), key.publicKey().raw());
            byte[] opened;
            try {
                opened = noise.readMessage1(m1);
            } catch (NoiseException e) {
                failure = HandshakeException.of(e);
                continue;
            }
            return new DeviceHandshake(
                    prologue, m1.clone(), Payload1.parse(opened, prologue.domain()), noise, key.publicKey());
        }
        throw failure;
    }

    public Operations requested() {
        return payload.operations();
    }

    /** The head of the domain's tree that the client was shown. Not verified. */
    public TreeHead head() {
        return payload.head();
    }

    /** Which of the static keys the client used. */
    public DeviceStaticPublicKey staticKey() {
        return used;
    }

    /**
     * Writes m2. Works once.
     *
     * @param ticket compact text as it came with the offer
     * @param granted what of the requested the ticket and the agent's policy allow; not empty
     * @param seen what the agent has seen of the log
     */
    public Answer answer(String ticket, Operations granted, HeadSeen seen) throws HandshakeException {
        byte[] m = new byte[MlKem768.RANDOMNESS_LENGTH];
        RANDOM.nextBytes(m);
        return answerInsecure(ticket, granted, seen, X25519.generatePrivate(RANDOM), m);
    }

    /** For vectors: the caller chooses what must be random and used once. */
    Answer answerInsecure(String ticket, Operations granted, HeadSeen seen, byte[] ephemeral, byte[] kemRandomness)
            throws HandshakeException {
        if (granted.isEmpty() || !granted.isSubsetOf(requested())) {
            throw new IllegalArgumentException("granted is a subset of what was requested, and not empty");
        }
        try {
            MlKem768.Encapsulation kem = MlKem768.encapsulate(payload.ek(), kemRandomness);
            byte[] psk = HandshakeFormat.psk(kem.sharedSecret(), prologue.bytes(), m1, payload.ek(), kem.ciphertext());
            NkPsk2Responder.Result result =
                    noise.writeMessage2(new Payload2(Sha256.of(ticket), seen, granted).bytes(), ephemeral, psk);
            byte[] m2 = Bytes.writer()
                    .bytes(kem.ciphertext())
                    .bytes(result.message())
                    .toByteArray();
            return new Answer(m2, SessionKeys.of(prologue.sid(), result.keys(), m1, m2));
        } catch (NoiseException e) {
            throw HandshakeException.of(e);
        }
    }

    /** m2, and the keys of the session that starts once the client confirmed. */
    public record Answer(byte[] m2, SessionKeys keys) {}
}
