package org.bascule.agent.state;

import org.jspecify.annotations.Nullable;

/** The agent's folder cannot be used; the message is one sentence for the person who runs the agent. */
public final class StateException extends Exception {

    public StateException(String message) {
        this(message, null);
    }

    public StateException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
