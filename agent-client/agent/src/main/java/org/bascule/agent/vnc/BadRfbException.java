package org.bascule.agent.vnc;

import java.io.IOException;

/** What one end sent makes no sense, or exceeds a bound. The message goes on from "The VNC server …" or "The client …". */
final class BadRfbException extends IOException {

    private static final long serialVersionUID = 1L;

    private final boolean client;

    BadRfbException(String text) {
        this(text, false);
    }

    private BadRfbException(String text, boolean client) {
        super(text);
        this.client = client;
    }

    static BadRfbException ofClient(String text) {
        return new BadRfbException(text, true);
    }

    boolean isClient() {
        return client;
    }

    String sentence() {
        return (client ? "The client " : "The VNC server ") + getMessage() + ".";
    }
}
