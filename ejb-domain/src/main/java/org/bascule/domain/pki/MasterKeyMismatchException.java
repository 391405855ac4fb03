package org.bascule.domain.pki;

import org.jspecify.annotations.Nullable;

/** A stored key does not open with the configured master key: the wrong file is configured, or the row was altered. */
public final class MasterKeyMismatchException extends RuntimeException {

    private static final long serialVersionUID = 1;

    MasterKeyMismatchException(String role, String id, @Nullable Throwable cause) {
        super("the master key does not open the stored %s key %s".formatted(role, id), cause);
    }
}
