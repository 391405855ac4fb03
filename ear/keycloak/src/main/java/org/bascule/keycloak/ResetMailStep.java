package org.bascule.keycloak;

import jakarta.ws.rs.core.UriBuilder;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.actiontoken.resetcred.ResetCredentialsActionToken;
import org.keycloak.authentication.authenticators.browser.AbstractUsernameFormAuthenticator;
import org.keycloak.common.util.Time;
import org.keycloak.email.EmailException;
import org.keycloak.events.Details;
import org.keycloak.events.Errors;
import org.keycloak.events.EventBuilder;
import org.keycloak.events.EventType;
import org.keycloak.models.DefaultActionTokenKey;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.SingleUseObjectProvider;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.FormMessage;
import org.keycloak.services.messages.Messages;
import org.keycloak.sessions.AuthenticationSessionCompoundId;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * Sends a link for a new password (IDN-8). The answer is the same, and comes after the same time, for everybody: a user with an address, one without, one
 * who has been sent enough for now, one who is switched off, one who
 * comes with a company's provider, and nobody. The log tells them apart.
 */
public final class ResetMailStep extends Step {

    /** So that nobody's mailbox is flooded, from however many addresses. */
    private static final int MAILS = 3;

    private static final Duration WITHIN = Duration.ofHours(1);

    public ResetMailStep() {
        super("bascule-reset-mail", "Sends a link for a new password, and lets nobody see whether it did.");
    }

    @Override
    public boolean requiresUser() {
        return false;
    }

    @Override
    public void authenticate(AuthenticationFlowContext context) {
        UserModel user = context.getUser();
        AuthenticationSessionModel signIn = context.getAuthenticationSession();
        if (user != null
                && Objects.equals(user.getId(), signIn.getAuthNote(DefaultActionTokenKey.ACTION_TOKEN_USER_ID))) {
            // came by the link
            user.setEmailVerified(true);
            context.success();
            return;
        }
        if (user != null) {
            mail(context, user);
        }
        ResetUser.awaitAnswer(context.getSession());
        context.forkWithSuccessMessage(new FormMessage(Messages.EMAIL_SENT));
    }

    private static void mail(AuthenticationFlowContext context, UserModel user) {
        EventBuilder event = context.getEvent()
                .clone()
                .event(EventType.SEND_RESET_PASSWORD)
                .user(user)
                .detail(
                        Details.USERNAME,
                        context.getAuthenticationSession()
                                .getAuthNote(AbstractUsernameFormAuthenticator.ATTEMPTED_USERNAME));
        if (!hasAddress(user.getEmail())) {
            event.error(Errors.INVALID_EMAIL);
        } else if (Brokered.is(context.getSession(), context.getRealm(), user)) {
            event.error(Errors.NOT_ALLOWED);
        } else if (!isOneMore(context.getSession(), context.getRealm(), user)) {
            event.error("too_many_mails");
        } else {
            try {
                send(context, user);
                event.success();
            } catch (EmailException e) {
                event.error(Errors.EMAIL_SEND_FAILED);
            }
        }
    }

    private static boolean hasAddress(@Nullable String email) {
        return email != null && !email.isBlank();
    }

    /** Takes one of the user's few places, which all nodes share. */
    private static boolean isOneMore(KeycloakSession session, RealmModel realm, UserModel user) {
        SingleUseObjectProvider places = session.singleUseObjects();
        for (int place = 0; place < MAILS; place++) {
            if (places.putIfAbsent(
                    "bascule-reset-mail." + realm.getId() + "." + user.getId() + "." + place, WITHIN.toSeconds())) {
                return true;
            }
        }
        return false;
    }

    private static void send(AuthenticationFlowContext context, UserModel user) throws EmailException {
        RealmModel realm = context.getRealm();
        AuthenticationSessionModel signIn = context.getAuthenticationSession();
        int seconds = realm.getActionTokenGeneratedByUserLifespan(ResetCredentialsActionToken.TOKEN_TYPE);
        ResetCredentialsActionToken token = new ResetCredentialsActionToken(
                user.getId(),
                user.getEmail(),
                Math.toIntExact(Time.currentTimeSeconds() + seconds),
                AuthenticationSessionCompoundId.fromAuthSession(signIn).getEncodedId(),
                signIn.getClient().getClientId());
        String link = UriBuilder.fromUri(
                        context.getActionTokenUrl(token.serialize(context.getSession(), realm, context.getUriInfo())))
                .build()
                .toString();
        new LaterMail(context.getSession(), context.getConnection().getRemoteAddr())
                .setRealm(realm)
                .setUser(user)
                .setAuthenticationSession(signIn)
                .sendPasswordReset(link, Duration.ofSeconds(seconds).toMinutes());
    }
}
