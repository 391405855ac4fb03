package org.bascule.session.network;

import org.bascule.session.tls.UntrustedIssuerException;

/** Short words about why something failed on the network, for a log; a part of it may come from there. */
public final class Failure {

    private static final int MAX_CAUSES = 16;

    private Failure() {}

    private static boolean isNamed(Throwable cause) {
        return cause instanceof UntrustedIssuerException || cause instanceof ProxyException;
    }

    /** The first cause, or the one that this program has named. */
    public static String words(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; i < MAX_CAUSES && cause.getCause() != null && !isNamed(cause); i++) {
            cause = cause.getCause();
        }
        return cause.getClass().getSimpleName() + (cause.getMessage() == null ? "" : ": " + cause.getMessage());
    }
}
