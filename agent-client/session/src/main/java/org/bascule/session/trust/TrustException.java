package org.bascule.session.trust;

import org.jspecify.annotations.Nullable;

/** A check before m1 failed: no session is opened. */
public final class TrustException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Which check. */
    public enum Check {
        /** The installation's root is not the one pinned at first use. */
        ROOT_CHANGED,
        /** The key set is not signed by the root, is malformed, or is for another issuer. */
        KEY_SET,
        /** The key set is older than the newest seen. */
        KEY_SET_ROLLED_BACK,
        /** The certificates do not lead from the installation to this device, or are not valid now. */
        CERTIFICATE,
        /** The static key is not endorsed by the device's identity, or no longer. */
        ENDORSEMENT,
        /** The endorsement is older than the newest seen. */
        ENDORSEMENT_ROLLED_BACK,
        /** The device has another identity than the last time: blocked. */
        IDENTITY_CHANGED,
        /** The answer is about something else than was asked for. */
        OTHER_ANSWER
    }

    private final Check check;

    public TrustException(Check check, String message) {
        this(check, message, null);
    }

    TrustException(Check check, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.check = check;
    }

    public Check check() {
        return check;
    }
}
