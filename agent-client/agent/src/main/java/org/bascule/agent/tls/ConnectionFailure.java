package org.bascule.agent.tls;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.bascule.session.network.ProxyException;
import org.bascule.session.network.UpgradeRefusedException;

/** Says why a connection did not come about, for the person at the device. */
public final class ConnectionFailure {

    private static final int MAX_CAUSES = 16;

    private ConnectionFailure() {}

    /** A part of a sentence. */
    public static String describe(Throwable failure) {
        Throwable cause = failure;
        String words = "";
        for (int i = 0; i < MAX_CAUSES && cause != null && words.isEmpty(); i++) {
            words = words(cause);
            cause = cause.getCause();
        }
        return words.isEmpty() ? fallback(failure) : words;
    }

    private static String words(Throwable cause) {
        if (cause instanceof ProxyException refused) {
            return String.valueOf(refused.getMessage());
        }
        if (cause instanceof UnknownHostException) {
            return "its name is unknown here";
        }
        if (cause instanceof SSLException) {
            return "its TLS certificate is not accepted (" + cause.getMessage()
                    + "); a private authority is named with --ca at enrolment";
        }
        if (cause instanceof UpgradeRefusedException refused) {
            return "it answered with " + refused.status();
        }
        if (cause instanceof SocketTimeoutException || cause instanceof TimeoutException) {
            return "it did not answer in time";
        }
        if (cause instanceof ConnectException || cause instanceof NoRouteToHostException) {
            return "nothing answers there";
        }
        return "";
    }

    private static String fallback(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
