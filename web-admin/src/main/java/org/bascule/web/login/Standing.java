package org.bascule.web.login;

import org.bascule.web.problem.ProblemCode;

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
    NO_SECOND_FACTOR;

    /** With what a request is refused, if it is. */
    ProblemCode problem() {
        return switch (this) {
            case DISABLED -> ProblemCode.ACCOUNT_DISABLED;
            case EXPIRED -> ProblemCode.ACCOUNT_EXPIRED;
            case NO_SECOND_FACTOR -> ProblemCode.SECOND_FACTOR_REQUIRED;
            case GOOD, ENDED -> ProblemCode.NOT_SIGNED_IN;
        };
    }
}
