package org.bascule.session.stream;

/** A record under a good tag breaks a rule: the session ends as {@code protocol-violation}. */
final class ViolationException extends Exception {

    private static final long serialVersionUID = 1L;

    ViolationException(String message) {
        super(message);
    }
}
