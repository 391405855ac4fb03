package org.bascule.web.login;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A login or a token that is not accepted. The message is for the log and carries no token. */
public final class LoginRefusedException extends Exception {

    /** What was wrong; all but {@link #PROVIDER} mean that the caller's proof is worth nothing. */
    public enum Reason {
        /** Not a token of the required form. */
        MALFORMED,
        /** The issuer is not a realm of a domain here. */
        UNKNOWN_ISSUER,
        /** Wrong algorithm, type, key or signature. */
        BAD_SIGNATURE,
        /** Made for somebody else. */
        WRONG_AUDIENCE,
        /** Not yet or no longer valid. */
        EXPIRED,
        /** No such login was started in this browser, or it took too long, or its answer was used already. */
        UNKNOWN_STATE,
        /** The answer is another realm's, or the token another login's. */
        MIXED_UP,
        /** Somebody else than who is signed in and was to prove more. */
        OTHER_USER,
        /** An API token that nobody has. */
        UNKNOWN_TOKEN,
        /** Too much from this address was wrong. */
        BLOCKED,
        /** The person or the realm said no. */
        DENIED,
        /** The company's provider that vouches for the person is switched off or gone. */
        PROVIDER_OFF,
        /** The time of an outside organisation's people is over. */
        PARTNER_ENDED,
        /** The account comes with a company's provider, and came without one. */
        PROVIDER_MISSING,
        /** Nobody but one signs in to the domain without the company's provider. */
        CORPORATE_ONLY,
        /** The company's provider has to be asked again. */
        VOUCHED_LONG_AGO,
        /** The identity provider does not answer. */
        PROVIDER;

        /** Whether the same person may be taken if he comes another way, or the same way anew. */
        boolean isOfTheWay() {
            return switch (this) {
                case PROVIDER_OFF, PARTNER_ENDED, PROVIDER_MISSING, CORPORATE_ONLY, VOUCHED_LONG_AGO -> true;
                default -> false;
            };
        }

        /** As addresses and the audit log have it. */
        String code() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** Whether somebody made it up. What a realm signed once is no guess, nor is it when it has expired. */
        boolean isGuess() {
            return this == MALFORMED || this == UNKNOWN_ISSUER || this == BAD_SIGNATURE || this == UNKNOWN_TOKEN;
        }
    }

    private final Reason reason;

    public LoginRefusedException(Reason reason, String message) {
        this(reason, message, null);
    }

    public LoginRefusedException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
