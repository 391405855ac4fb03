package org.bascule.session.noise;

import java.util.Arrays;

/** The responder of {@code Noise_NKpsk2_25519_AESGCM_SHA256}. One object is one handshake; it is used up by the first message that fails. */
public final class NkPsk2Responder {

    private enum Step {
        READ_1,
        WRITE_2,
        DONE
    }

    private final SymmetricState state = new SymmetricState(NkPsk2Initiator.NAME);
    private final byte[] localStatic;
    private byte[] remoteEphemeral = new byte[0];
    private Step step = Step.READ_1;

    /**
     * Starts a handshake.
     *
     * @param localStatic private static key, 32 bytes
     * @param localPublic its public key
     */
    public NkPsk2Responder(byte[] prologue, byte[] localStatic, byte[] localPublic) {
        this.localStatic = localStatic.clone();
        state.mixHash(prologue);
        state.mixHash(localPublic);
    }

    /** Reads {@code e[32] ‖ AEAD(payload)} and returns the payload. */
    public byte[] readMessage1(byte[] message) throws NoiseException {
        require(Step.READ_1);
        step = Step.DONE;
        if (message.length < X25519.LENGTH + CipherState.TAG_LENGTH) {
            throw new NoiseException(NoiseException.Reason.TOO_SHORT);
        }
        remoteEphemeral = Arrays.copyOf(message, X25519.LENGTH);
        state.mixHash(remoteEphemeral);
        state.mixKey(remoteEphemeral);
        state.mixKey(X25519.agree(localStatic, remoteEphemeral));
        Arrays.fill(localStatic, (byte) 0);
        byte[] payload = state.decryptAndHash(Arrays.copyOfRange(message, X25519.LENGTH, message.length));
        step = Step.WRITE_2;
        return payload;
    }

    /**
     * Writes {@code e[32] ‖ AEAD(payload)} and ends the handshake.
     *
     * @param ephemeral private X25519 key, random, for this handshake alone
     * @param psk 32 bytes
     */
    public Result writeMessage2(byte[] payload, byte[] ephemeral, byte[] psk) throws NoiseException {
        require(Step.WRITE_2);
        step = Step.DONE;
        byte[] e = X25519.publicOf(ephemeral);
        state.mixHash(e);
        state.mixKey(e);
        state.mixKey(X25519.agree(ephemeral, remoteEphemeral));
        state.mixKeyAndHash(psk);
        byte[] ciphertext = state.encryptAndHash(payload);
        byte[] message = Arrays.copyOf(e, e.length + ciphertext.length);
        System.arraycopy(ciphertext, 0, message, e.length, ciphertext.length);
        return new Result(message, state.split());
    }

    private void require(Step expected) {
        if (step != expected) {
            throw new IllegalStateException("the handshake is at " + step + ", not at " + expected);
        }
    }

    /** Message 2 and the keys. */
    public record Result(byte[] message, NoiseKeys keys) {
        @Override
        public String toString() {
            return "Result[REDACTED]";
        }
    }
}
