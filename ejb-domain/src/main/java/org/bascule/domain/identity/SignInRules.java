package org.bascule.domain.identity;

/** What a domain requires of a user who has been recognised, and is about to be let in by its realm. */
public interface SignInRules {

    /**
     * What is required.
     *
     * @param secondFactor whether a password alone is not enough
     * @param expired whether the account's time is over: it is refused, and kept
     */
    record Requirement(boolean secondFactor, boolean expired) {

        public static final Requirement NONE = new Requirement(false, false);
    }

    /**
     * What is required of a user.
     *
     * @param subject the user's id in the realm
     */
    Requirement of(DomainReference domain, String subject);
}
