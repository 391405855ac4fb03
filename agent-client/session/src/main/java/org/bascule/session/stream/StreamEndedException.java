package org.bascule.session.stream;

import java.io.IOException;

/** Nothing can be sent on this stream any more. */
public final class StreamEndedException extends IOException {

    private static final long serialVersionUID = 1L;

    private final EndReason reason;
    private final String text;

    public StreamEndedException(EndReason reason, String text) {
        super(text.isEmpty() ? reason.text() : reason.text() + ": " + text);
        this.reason = reason;
        this.text = text;
    }

    public EndReason reason() {
        return reason;
    }

    /** More about it, for people; may be empty, and may be from the other end, so hostile text. */
    public String text() {
        return text;
    }
}
