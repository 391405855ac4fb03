package org.bascule.domain.transfer;

import jakarta.ejb.ApplicationException;

/** The end of a dry run, or of an import that has problems: takes back what was written. */
@ApplicationException(rollback = true)
final class TakenBackException extends Exception {

    private static final long serialVersionUID = 1;

    TakenBackException() {
        super("nothing is to stay", null, false, false);
    }
}
