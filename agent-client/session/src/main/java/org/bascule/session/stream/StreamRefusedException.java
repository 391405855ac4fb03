package org.bascule.session.stream;

/** A stream is not accepted. The message goes to the other end. */
public final class StreamRefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final EndReason reason;

    public StreamRefusedException(EndReason reason, String text) {
        super(text);
        this.reason = reason;
    }

    public EndReason reason() {
        return reason;
    }
}
