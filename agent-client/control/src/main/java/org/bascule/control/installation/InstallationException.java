package org.bascule.control.installation;

import org.jspecify.annotations.Nullable;

/** A file of the operator is not what it should be: the message is one sentence for the operator. */
public final class InstallationException extends Exception {

    public InstallationException(String message) {
        this(message, null);
    }

    public InstallationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
