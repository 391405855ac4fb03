package org.bascule.domain.account;

/** Whether a user may sign in, and go on with what he does. */
public enum AccountState {
    ACTIVE("active"),
    /** An administrator has switched it off. */
    DISABLED("disabled"),
    /** It had an end, which has come; account and rights are kept. */
    EXPIRED("expired");

    private final String code;

    AccountState(String code) {
        this.code = code;
    }

    /** In the API. */
    public String code() {
        return code;
    }
}
