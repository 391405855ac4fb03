package org.bascule.launcher;

/** The demo cannot start or cannot go on; the message is for the person who started it. */
public final class DemoException extends Exception {

    private static final long serialVersionUID = 1;

    public DemoException(String message) {
        super(message);
    }

    public DemoException(String message, Throwable cause) {
        super(message, cause);
    }
}
