package org.bascule.session.network;

import java.net.UnknownHostException;
import org.bascule.session.tls.UntrustedIssuerException;

/** Short words about why something failed on the network, for people, in logs and the records of sessions; a part of it may come from there. */
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
        if (cause instanceof UnknownHostException) {
            return "unknown host " + cause.getMessage();
        }
        return cause.getMessage() != null
                ? cause.getMessage()
                : cause.getClass().getSimpleName().replace("Exception", "");
    }
}
