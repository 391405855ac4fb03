package org.bascule.agent.account;

/** The account that the ticket names cannot be used here; the message is one sentence that may be shown to the user. */
public final class AccountException extends Exception {

    public AccountException(String message) {
        super(message);
    }
}
