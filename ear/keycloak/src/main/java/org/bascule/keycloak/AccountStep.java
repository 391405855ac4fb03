package org.bascule.keycloak;

import jakarta.ws.rs.core.Response;
import java.util.Set;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.requiredactions.WebAuthnPasswordlessRegisterFactory;
import org.keycloak.models.Constants;
import org.keycloak.models.UserModel;

/**
 * Asks the access server about a user who is known now: refuses one whose account has ended (IDN-11), notes whether a second factor is required.
 * Whoever comes with a company's provider gets no password and no passkey for signing in without one here (IDN-7).
 */
public final class AccountStep extends Step {

    /** Ways to sign in without the provider. */
    private static final Set<String> NOT_OF_PROVIDERS =
            Set.of(UserModel.RequiredAction.UPDATE_PASSWORD.name(), WebAuthnPasswordlessRegisterFactory.PROVIDER_ID);

    public AccountStep() {
        super("bascule-account", "Refuses accounts that have ended and learns whether a second factor is required.");
    }

    @Override
    public void authenticate(AuthenticationFlowContext context) {
        AccessServer.Requirements requirements;
        try {
            requirements = context.getSession()
                    .getProvider(AccessServer.class)
                    .requirements(
                            context.getRealm().getName(), context.getUser().getId());
        } catch (RefusedException e) {
            Refusals.show(context, e);
            return;
        }
        if (requirements.expired()) {
            context.getEvent().user(context.getUser()).error("account_expired");
            context.forceChallenge(
                    context.form().setError("basculeAccountExpired").createErrorPage(Response.Status.FORBIDDEN));
            return;
        }
        String action = String.valueOf(context.getAuthenticationSession().getClientNote(Constants.KC_ACTION));
        if (action.equals(UserModel.RequiredAction.CONFIGURE_TOTP.name())
                && ConfirmAddress.isDue(context.getSession(), context.getRealm(), context.getUser())) {
            context.getAuthenticationSession().addRequiredAction(UserModel.RequiredAction.VERIFY_EMAIL);
        }
        if (Brokered.is(context.getSession(), context.getRealm(), context.getUser())
                && NOT_OF_PROVIDERS.contains(action)) {
            // asked for by the application's link; it would outlive what the provider says
            context.getAuthenticationSession().removeClientNote(Constants.KC_ACTION);
        }
        context.getAuthenticationSession()
                .setAuthNote(SecondFactor.WANTED, requirements.secondFactor() ? "required" : "voluntary");
        context.success();
    }
}
