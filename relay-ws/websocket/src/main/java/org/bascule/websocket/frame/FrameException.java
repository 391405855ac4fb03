package org.bascule.websocket.frame;

/** What came is no WebSocket as RFC 6455 has it; the connection is closed with {@link #code}. */
public final class FrameException extends Exception {

    private static final long serialVersionUID = 1;

    /** RFC 6455, section 7.4.1: protocol error, not UTF-8, message too big. */
    public static final int PROTOCOL = 1_002;

    public static final int NOT_UTF_8 = 1_007;

    private final int code;

    FrameException(int code, String message) {
        super(message);
        this.code = code;
    }

    static FrameException protocol(String message) {
        return new FrameException(PROTOCOL, message);
    }

    /** Close code. */
    public int code() {
        return code;
    }
}
