package org.bascule.session.network;

import java.io.IOException;

/** What answers does not speak HTTP as it should. */
final class MalformedAnswerException extends IOException {

    private static final long serialVersionUID = 1L;

    MalformedAnswerException(String message) {
        super(message);
    }
}
