package org.bascule.agent.vnc;

/** The server wants a password, or another one. */
final class PasswordException extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean wrong;

    /** @param says what the server says about it: hostile text, may be empty */
    PasswordException(boolean wrong, String says) {
        super(says);
        this.wrong = wrong;
    }

    /** Whether there was one. */
    boolean isWrong() {
        return wrong;
    }
}
