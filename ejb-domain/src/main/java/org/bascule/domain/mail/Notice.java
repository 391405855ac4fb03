package org.bascule.domain.mail;

import java.util.Arrays;

/** What is told by e-mail, to users unless it says otherwise; the texts are in {@code notices_en.properties} and {@code notices_de.properties}. */
public enum Notice {
    /** An administrator has set a new first password. */
    PASSWORD_RESET("password-reset"),
    /** An administrator has removed second factors and passkeys. */
    FACTORS_RESET("factors-reset"),
    /** Somebody who is signed in as the user has made an API token. */
    TOKEN_MADE("token-made"),
    /** The account has another address now: told to the former one. */
    ADDRESS_CHANGED("address-changed"),
    /** The account will end. */
    ACCOUNT_ENDS("account-ends"),
    /** What needs somebody, in a {@link Digest}: told to the addresses of a domain's options. */
    NOTIFICATIONS("notifications");

    private final String code;

    Notice(String code) {
        this.code = code;
    }

    String code() {
        return code;
    }

    static Notice ofCode(String code) {
        return Arrays.stream(values())
                .filter(notice -> notice.code.equals(code))
                .findFirst()
                .orElseThrow();
    }
}
