package org.bascule.domain.account;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.identity.DomainReference;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.identity.SignInRules;
import org.bascule.domain.realm.SecondFactorRule;

/** What the domain has decided about who signs in, by the same memory that every request is judged by. */
@ApplicationScoped
public class AccountRules implements SignInRules {

    @Inject
    Identities identities;

    @Inject
    SecondFactorRule secondFactor;

    @Inject
    AccountStates states;

    @Override
    public Requirement of(DomainReference domain, String subject) {
        // whoever signs in for the first time is in no group, and is asked for a second factor where everybody is
        String user =
                identities.actor(domain.id(), subject, null).map(Actor::userId).orElse(subject);
        return new Requirement(
                secondFactor.isRequired(domain.id(), user), states.state(domain.id(), user) != AccountState.ACTIVE);
    }
}
