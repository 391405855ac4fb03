package org.bascule.agent.tls;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocketHandshakeException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

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
        if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
            return "its name is unknown here";
        }
        if (cause instanceof SSLException) {
            return "its TLS certificate is not accepted (" + cause.getMessage()
                    + "); a private authority is named with --ca at enrolment";
        }
        if (cause instanceof WebSocketHandshakeException refused) {
            return "it answered with " + refused.getResponse().statusCode();
        }
        if (cause instanceof HttpTimeoutException || cause instanceof TimeoutException) {
            return "it did not answer in time";
        }
        if (cause instanceof ConnectException) {
            return "nothing answers there";
        }
        return "";
    }

    private static String fallback(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
