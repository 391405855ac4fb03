package org.bascule.session.handshake;

import org.bascule.session.noise.NoiseException;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** The other end's half of a handshake is refused. The reason is for the own log and audit; the other end learns only {@code handshake-failed}. */
public final class HandshakeException extends Exception {

    private static final long serialVersionUID = 1L;

    /** What was wrong. */
    public enum Reason {
        /** Longer than 4,096 bytes. */
        TOO_LARGE,
        /** Shorter than its fixed parts. */
        TOO_SHORT,
        /** The tag does not verify: changed, or meant for another key, prologue, m1 or KEM ciphertext. */
        BAD_TAG,
        /** An X25519 point of low order. */
        LOW_ORDER_POINT,
        /** The encapsulation key fails the modulus check of FIPS 203 section 7.2. */
        BAD_ENCAPSULATION_KEY,
        /** A version other than 1. */
        WRONG_VERSION,
        /** The payload does not have the specified structure, or has bytes beyond it. */
        MALFORMED,
        /** What is granted is not a subset of what was asked for. */
        NOT_REQUESTED,
        /** The device answered to another ticket than the one that came with m2. */
        OTHER_TICKET,
        /** What the device says about the log is no tree head. */
        NO_HEAD
    }

    private final Reason reason;

    public HandshakeException(Reason reason) {
        this(reason, null);
    }

    HandshakeException(Reason reason, @Nullable Throwable cause) {
        super(reason.name(), cause);
        this.reason = reason;
    }

    static HandshakeException of(NoiseException e) {
        Reason reason =
                switch (e.reason()) {
                    case TOO_SHORT, BAD_CIPHERTEXT -> Reason.TOO_SHORT;
                    case BAD_TAG -> Reason.BAD_TAG;
                    case LOW_ORDER_POINT -> Reason.LOW_ORDER_POINT;
                    case BAD_ENCAPSULATION_KEY -> Reason.BAD_ENCAPSULATION_KEY;
                };
        return new HandshakeException(reason, e);
    }

    static HandshakeException of(WireException e) {
        return new HandshakeException(Reason.MALFORMED, e);
    }

    public Reason reason() {
        return reason;
    }
}
