package org.bascule.agent.events;

import java.io.IOException;

/** An event that must not be lost could not be stored. The message is for the user of the tool. */
public final class LogFullException extends IOException {

    private static final long serialVersionUID = 1L;

    LogFullException(String message) {
        super(message);
    }

    LogFullException(String message, Throwable cause) {
        super(message, cause);
    }
}
