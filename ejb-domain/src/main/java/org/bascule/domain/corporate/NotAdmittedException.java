package org.bascule.domain.corporate;

import jakarta.ejb.ApplicationException;

/** A sign-in that is not taken for what it has to do with the domain's providers (requirement IDN-7). Rolls the transaction back. */
@ApplicationException(rollback = true)
public final class NotAdmittedException extends Exception {

    private static final long serialVersionUID = 1;

    /** Why; front ends have their own words for it. */
    public enum Reason {
        /** The provider that vouches is switched off or gone. */
        PROVIDER_OFF,
        /** The time of an outside organisation's people is over. */
        PARTNER_ENDED,
        /** This account comes with a provider, and came without one. */
        PROVIDER_MISSING,
        /** Everybody but the break-glass account comes with a provider. */
        CORPORATE_ONLY,
        /** The provider vouched too long ago and has to be asked again. */
        VOUCHED_LONG_AGO,
        /** The realm does not know the account any more, or has switched it off. */
        ACCOUNT_GONE
    }

    private final Reason reason;

    public NotAdmittedException(Reason reason) {
        super(reason.name());
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
