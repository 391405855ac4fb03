package org.bascule.keycloak;

import jakarta.ws.rs.core.MultivaluedMap;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.bascule.keycloak.AccessServer.Kind;
import org.jspecify.annotations.Nullable;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.AuthenticatorUtil;
import org.keycloak.authentication.CredentialValidator;
import org.keycloak.authentication.FlowStatus;
import org.keycloak.authentication.RequiredActionFactory;
import org.keycloak.credential.CredentialModel;
import org.keycloak.credential.CredentialProvider;
import org.keycloak.events.Errors;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.credential.WebAuthnCredentialModel;

/**
 * An authenticator of Keycloak's behind the access server's count (IDN-5): an attempt is reserved before it looks at anything, and settled with what
 * it found. Refused, it is not asked at all, so that a right password and a wrong one look the same.
 */
class Guarded implements Authenticator {

    private static final String WEBAUTHN_ANSWER = "authenticatorData";

    final Authenticator guarded;
    private final Kind kind;

    private Guarded(Authenticator guarded, Kind kind) {
        this.guarded = guarded;
        this.kind = kind;
    }

    static Authenticator of(Authenticator guarded, Kind kind) {
        return guarded instanceof CredentialValidator<?> validator
                ? new OfCredential(guarded, validator, kind)
                : new Guarded(guarded, kind);
    }

    @Override
    public void authenticate(AuthenticationFlowContext context) {
        try {
            accessServer(context).admit(Requests.source(context.getSession(), context.getRealm()));
        } catch (RefusedException e) {
            Refusals.show(context, e);
            return;
        }
        guarded.authenticate(context);
    }

    @Override
    public void action(AuthenticationFlowContext context) {
        MultivaluedMap<String, String> form = context.getHttpRequest().getDecodedFormParameters();
        Kind tried = form.containsKey(WEBAUTHN_ANSWER) ? Kind.PASSKEY : kind;
        try {
            String attempt = accessServer(context)
                    .reserve(
                            Requests.source(context.getSession(), context.getRealm()),
                            tried,
                            Optional.ofNullable(form.getFirst("username")),
                            Optional.ofNullable(context.getUser()).map(UserModel::getId));
            Duration blocked = check(context, attempt);
            if (context.getStatus() == FlowStatus.SUCCESS && isSecondFactor(context)) {
                SecondFactor.proved(context.getAuthenticationSession());
            }
            if (context.getStatus() == FlowStatus.FAILURE_CHALLENGE && !blocked.isZero()) {
                context.failureChallenge(
                        context.getError(), Refusals.page(context.form(), RefusedException.blocked(blocked)));
            }
        } catch (RefusedException e) {
            Refusals.show(context, e);
        }
    }

    /** A passkey in place of the password is both factors at once; what the form claims to bring does not count. */
    private boolean isSecondFactor(AuthenticationFlowContext context) {
        return switch (kind) {
            case OTP, RECOVERY_CODE, PASSKEY -> true;
            case PASSWORD ->
                AuthenticatorUtil.getAuthnCredentials(context.getAuthenticationSession())
                        .contains(WebAuthnCredentialModel.TYPE_PASSWORDLESS);
            default -> false;
        };
    }

    private Duration check(AuthenticationFlowContext context, String attempt) throws RefusedException {
        boolean ended = false;
        try {
            guarded.action(context);
            ended = true;
        } finally {
            if (!ended) {
                accessServer(context).settle(attempt, Optional.empty(), Optional.of("failed"));
            }
        }
        return accessServer(context)
                .settle(
                        attempt,
                        Optional.ofNullable(context.getEvent().getEvent().getUserId())
                                .or(() -> Optional.ofNullable(context.getUser()).map(UserModel::getId)),
                        error(context));
    }

    /** What went wrong. A request to reset a password proves nothing, whether there is such a user or not: it counts like a failure. */
    private Optional<String> error(AuthenticationFlowContext context) {
        if (kind == Kind.RESET) {
            return Optional.of("reset_requested");
        }
        String error = context.getEvent().getEvent().getError();
        return switch (context.getStatus()) {
            // given up in the browser's own dialog: there was nothing to check
            case FAILED -> Errors.NOT_ALLOWED.equals(error) ? Optional.empty() : failure(error);
            case FAILURE_CHALLENGE, FORCE_CHALLENGE -> failure(error);
            default -> Optional.empty();
        };
    }

    private static Optional<String> failure(@Nullable String error) {
        return Optional.of(error == null ? Errors.INVALID_USER_CREDENTIALS : error);
    }

    private static AccessServer accessServer(AuthenticationFlowContext context) {
        return context.getSession().getProvider(AccessServer.class);
    }

    @Override
    public boolean requiresUser() {
        return guarded.requiresUser();
    }

    @Override
    public boolean configuredFor(KeycloakSession session, RealmModel realm, UserModel user) {
        return guarded.configuredFor(session, realm, user);
    }

    @Override
    public void setRequiredActions(KeycloakSession session, RealmModel realm, UserModel user) {
        guarded.setRequiredActions(session, realm, user);
    }

    @Override
    public List<RequiredActionFactory> getRequiredActions(KeycloakSession session) {
        return guarded.getRequiredActions(session);
    }

    @Override
    public boolean areRequiredActionsEnabled(KeycloakSession session, RealmModel realm) {
        return guarded.areRequiredActionsEnabled(session, realm);
    }

    @Override
    public void close() {
        guarded.close();
    }

    /** Keycloak offers those that check a credential only to users who have it. */
    private static final class OfCredential extends Guarded implements CredentialValidator<CredentialProvider<?>> {

        private final CredentialValidator<?> validator;

        OfCredential(Authenticator guarded, CredentialValidator<?> validator, Kind kind) {
            super(guarded, kind);
            this.validator = validator;
        }

        @Override
        public CredentialProvider<?> getCredentialProvider(KeycloakSession session) {
            return (CredentialProvider<?>) validator.getCredentialProvider(session);
        }

        @Override
        public List<CredentialModel> getCredentials(KeycloakSession session, RealmModel realm, UserModel user) {
            return validator.getCredentials(session, realm, user);
        }

        @Override
        public String getType(KeycloakSession session) {
            return validator.getType(session);
        }
    }
}
