package org.bascule.keycloak;

import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.models.UserModel;

/** Has a user who needs a second factor and has none set up an authenticator app before the sign-in ends, and confirm an address before that. */
public final class EnrolmentStep extends Step {

    public EnrolmentStep() {
        super("bascule-enrolment", "Has the user set up an authenticator app before the sign-in ends.");
    }

    @Override
    public void authenticate(AuthenticationFlowContext context) {
        if (ConfirmAddress.isDue(context.getSession(), context.getRealm(), context.getUser())) {
            context.getAuthenticationSession().addRequiredAction(UserModel.RequiredAction.VERIFY_EMAIL);
        }
        context.getAuthenticationSession().addRequiredAction(UserModel.RequiredAction.CONFIGURE_TOTP);
        context.success();
    }
}
