package org.bascule.session.noise;

import java.util.Arrays;

/**
 * The initiator of {@code Noise_NKpsk2_25519_AESGCM_SHA256}: {@code <- s … -> e, es; <- e, ee, psk}. One object is one handshake; it is used up by the first
 * {@link #readMessage2}, whether that succeeds or not.
 */
public final class NkPsk2Initiator {

    static final String NAME = "Noise_NKpsk2_25519_AESGCM_SHA256";

    private final SymmetricState state = new SymmetricState(NAME);
    private final byte[] remoteStatic;
    private final byte[] ephemeral;
    private boolean wrote;
    private boolean done;

    /**
     * Starts a handshake.
     *
     * @param remoteStatic the responder's static public key, 32 bytes
     * @param ephemeral private X25519 key, random, for this handshake alone
     */
    public NkPsk2Initiator(byte[] prologue, byte[] remoteStatic, byte[] ephemeral) {
        this.remoteStatic = remoteStatic.clone();
        this.ephemeral = ephemeral.clone();
        state.mixHash(prologue);
        state.mixHash(remoteStatic);
    }

    /** {@code e[32] ‖ AEAD(payload)}; fails if the responder's static key is of low order. */
    public byte[] writeMessage1(byte[] payload) throws NoiseException {
        if (wrote) {
            throw new IllegalStateException("message 1 was written");
        }
        wrote = true;
        byte[] e = X25519.publicOf(ephemeral);
        state.mixHash(e);
        state.mixKey(e);
        state.mixKey(X25519.agree(ephemeral, remoteStatic));
        byte[] ciphertext = state.encryptAndHash(payload);
        byte[] message = Arrays.copyOf(e, e.length + ciphertext.length);
        System.arraycopy(ciphertext, 0, message, e.length, ciphertext.length);
        return message;
    }

    /**
     * Reads {@code e[32] ‖ AEAD(payload)} and ends the handshake.
     *
     * @param psk 32 bytes
     */
    public Result readMessage2(byte[] message, byte[] psk) throws NoiseException {
        if (!wrote || done) {
            throw new IllegalStateException("one message 2 for a message 1");
        }
        done = true;
        try {
            if (message.length < X25519.LENGTH + CipherState.TAG_LENGTH) {
                throw new NoiseException(NoiseException.Reason.TOO_SHORT);
            }
            byte[] re = Arrays.copyOf(message, X25519.LENGTH);
            state.mixHash(re);
            state.mixKey(re);
            state.mixKey(X25519.agree(ephemeral, re));
            state.mixKeyAndHash(psk);
            byte[] payload = state.decryptAndHash(Arrays.copyOfRange(message, X25519.LENGTH, message.length));
            return new Result(payload, state.split());
        } finally {
            Arrays.fill(ephemeral, (byte) 0);
        }
    }

    /** The payload of message 2 and the keys. */
    public record Result(byte[] payload, NoiseKeys keys) {
        @Override
        public String toString() {
            return "Result[REDACTED]";
        }
    }
}
