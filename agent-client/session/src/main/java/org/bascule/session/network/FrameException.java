package org.bascule.session.network;

import java.io.IOException;

/** The other side breaks RFC 6455: the connection fails with a close code (section 7.4.1). */
final class FrameException extends IOException {

    static final int PROTOCOL = 1_002;
    static final int NOT_UTF_8 = 1_007;
    static final int TOO_LARGE = 1_009;

    private static final long serialVersionUID = 1L;

    private final int code;

    FrameException(int code, String message) {
        super(message);
        this.code = code;
    }

    static FrameException protocol(String message) {
        return new FrameException(PROTOCOL, message);
    }

    int code() {
        return code;
    }
}
