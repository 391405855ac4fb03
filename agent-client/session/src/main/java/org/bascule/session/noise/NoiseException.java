package org.bascule.session.noise;

import org.jspecify.annotations.Nullable;

/** What the other end sent does not fit the handshake. Carries no secret and nothing of the message. */
public final class NoiseException extends Exception {

    private static final long serialVersionUID = 1L;

    /** What was wrong. */
    public enum Reason {
        /** A message shorter than its fixed parts. */
        TOO_SHORT,
        /** The tag does not verify: another key, another prologue, or a changed message. */
        BAD_TAG,
        /** The peer's X25519 point gives the all-zero shared secret (RFC 7748 section 6.1). */
        LOW_ORDER_POINT,
        /** An ML-KEM encapsulation key of another length, or one that fails the modulus check of FIPS 203 section 7.2. */
        BAD_ENCAPSULATION_KEY,
        /** An ML-KEM ciphertext of another length than 1,088 bytes. */
        BAD_CIPHERTEXT
    }

    private final Reason reason;

    public NoiseException(Reason reason) {
        this(reason, null);
    }

    NoiseException(Reason reason, @Nullable Throwable cause) {
        super(reason.name(), cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
