package org.bascule.session.trust;

import org.jspecify.annotations.Nullable;

/** A check before m1 failed: no session is opened. */
public sealed class TrustException extends Exception permits UnprovenException {

    private static final long serialVersionUID = 1L;

    /** Which check. */
    public enum Check {
        /** The installation's root is not the one pinned at first use. */
        ROOT_CHANGED,
        /** The answer is about another domain than at first use under what the user calls it. */
        DOMAIN_CHANGED,
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
        /** The answer has no proof that the certificate is in the transparency log. */
        LOG_MISSING,
        /** The tree head is not signed by a log key of the key set, or is of another tree. */
        LOG_SIGNATURE,
        /** The certificate is not in the tree. */
        LOG_INCLUSION,
        /** The tree is smaller than the one that was seen. */
        LOG_ROLLED_BACK,
        /** The tree does not go on from the one that was seen, here or by the device: entries were changed, or not everybody is shown the same. */
        LOG_FORKED,
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
