package org.bascule.keycloak;

import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.models.UserModel;

/** Has a user who needs a second factor and has none set up an authenticator app before the sign-in ends. */
public final class EnrolmentStep extends Step {

    public EnrolmentStep() {
        super("bascule-enrolment", "Has the user set up an authenticator app before the sign-in ends.");
    }

    @Override
    public void authenticate(AuthenticationFlowContext context) {
        context.getAuthenticationSession().addRequiredAction(UserModel.RequiredAction.CONFIGURE_TOTP);
        context.success();
    }
}
