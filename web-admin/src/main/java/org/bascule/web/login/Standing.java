package org.bascule.web.login;

/** How it is with somebody who proved who it is, at the present request. */
enum Standing {
    GOOD,
    /** The sign-in or API token has ended. */
    ENDED,
    /** The account is switched off. */
    DISABLED,
    /** The account has expired. */
    EXPIRED,
    /** A second factor is required of the user and was not proved. */
    NO_SECOND_FACTOR
}
