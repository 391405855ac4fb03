package org.bascule.keycloak;

import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.authenticators.conditional.ConditionalAuthenticator;
import org.keycloak.authentication.authenticators.conditional.ConditionalAuthenticatorFactory;

/** Whether a second factor has to be proved now, by a user who has one, or enrolled, by one who has none. */
public abstract class FactorCondition extends Step
        implements ConditionalAuthenticator, ConditionalAuthenticatorFactory {

    private final boolean enrolled;

    FactorCondition(String id, String help, boolean enrolled) {
        super(id, help);
        this.enrolled = enrolled;
    }

    /** To be asked for. */
    public static final class Proof extends FactorCondition {
        public Proof() {
            super("bascule-proof-due", "True if the user has a second factor and has to prove it now.", true);
        }
    }

    /** To be enrolled. */
    public static final class Enrolment extends FactorCondition {
        public Enrolment() {
            super("bascule-enrolment-due", "True if the user has no second factor and needs one now.", false);
        }
    }

    @Override
    public boolean matchCondition(AuthenticationFlowContext context) {
        return SecondFactor.isDue(context) && SecondFactor.has(context.getUser()) == enrolled;
    }

    @Override
    public ConditionalAuthenticator getSingleton() {
        return this;
    }
}
