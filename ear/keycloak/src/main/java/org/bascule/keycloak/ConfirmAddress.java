package org.bascule.keycloak;

import jakarta.ws.rs.core.Response;
import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.authentication.RequiredActionContextResult;
import org.keycloak.authentication.requiredactions.VerifyEmail;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/**
 * Keycloak's link that confirms an address, which is asked for before an authenticator app is set up and at no other time (IDN-4). With one difference: a mail
 * server that takes no mail keeps nobody out of a realm of ours. Then the address stays unconfirmed and the sign-in goes on.
 */
public final class ConfirmAddress extends VerifyEmail {

    private static final System.Logger LOG = System.getLogger(ConfirmAddress.class.getName());

    /** Note of the sign-in: the mail could not be sent. */
    private static final String UNSENT = "bascule.address-unsent";

    /** Takes the place of Keycloak's own, which has the same id and no order. */
    @Override
    public int order() {
        return 1;
    }

    /**
     * Whether a user's address is to be confirmed before an authenticator app is set up: one that somebody else typed, where mail can be sent. For whom a
     * company's provider or directory brought, that vouches.
     */
    static boolean isDue(KeycloakSession session, RealmModel realm, UserModel user) {
        String email = user.getEmail();
        return email != null
                && !email.isBlank()
                && !user.isEmailVerified()
                && !realm.getSmtpConfig().isEmpty()
                && user.getFederationLink() == null
                && !Brokered.is(session, realm, user);
    }

    @Override
    public void requiredActionChallenge(RequiredActionContext context) {
        if (!isLeftOut(context)) {
            super.requiredActionChallenge(context);
            leaveOutWithoutMail(context);
        }
    }

    /** The mail again, or what comes next. */
    @Override
    public void processAction(RequiredActionContext context) {
        if (!isLeftOut(context)) {
            super.processAction(context);
            leaveOutWithoutMail(context);
        }
    }

    private static boolean isLeftOut(RequiredActionContext context) {
        boolean unsent = context.getAuthenticationSession().getAuthNote(UNSENT) != null;
        if (unsent) {
            context.success();
        }
        return unsent;
    }

    /** In place of the page that says that no mail can be sent: by a request of its own, as that page would be what the next one is made of. */
    private static void leaveOutWithoutMail(RequiredActionContext context) {
        if (context.getRealm().getAttribute(ClientGuard.TEMPLATE) != null
                && context instanceof RequiredActionContextResult result
                && result.getStatus() == RequiredActionContext.Status.CHALLENGE
                && result.getChallenge() != null
                && result.getChallenge().getStatus() == Response.Status.INTERNAL_SERVER_ERROR.getStatusCode()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "no mail can be sent to confirm the address of user {0} of realm {1}: it stays unconfirmed",
                    context.getUser().getId(),
                    context.getRealm().getName());
            context.getAuthenticationSession().setAuthNote(UNSENT, "true");
            context.challenge(Response.seeOther(context.getActionUrl()).build());
        }
    }
}
