package org.bascule.keycloak;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.models.Constants;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.credential.OTPCredentialModel;
import org.keycloak.models.credential.RecoveryAuthnCodesCredentialModel;
import org.keycloak.models.credential.WebAuthnCredentialModel;
import org.keycloak.sessions.AuthenticationSessionModel;

/** When a second factor is asked for (IDN-4, IDN-9), and that it was proved. */
final class SecondFactor {

    /** Note of the user's session: when a second factor was proved last, in seconds since 1970; the claim {@code second_factor_at}. */
    static final String PROVED_AT = "bascule.second-factor-at";

    /** Note of the sign-in: what {@link AccountFactory} learned, {@code required} or {@code voluntary}. */
    static final String WANTED = "bascule.second-factor";

    /** Parameter {@code second_factor=fresh} of an authorization request, as Keycloak keeps it. */
    private static final String ASKED = "client_request_param_second_factor";

    /** A session may change its factors and password for this long after it proved one. */
    private static final Duration FRESH_FOR_CHANGES = Duration.ofMinutes(5);

    private static final List<String> FACTORS = List.of(
            OTPCredentialModel.TYPE,
            WebAuthnCredentialModel.TYPE_TWOFACTOR,
            WebAuthnCredentialModel.TYPE_PASSWORDLESS,
            RecoveryAuthnCodesCredentialModel.TYPE);

    private SecondFactor() {}

    static void proved(AuthenticationSessionModel signIn) {
        signIn.setUserSessionNote(PROVED_AT, Long.toString(Instant.now().getEpochSecond()));
    }

    /** Whether the user has anything that can be asked for. */
    static boolean has(UserModel user) {
        return FACTORS.stream().anyMatch(type -> user.credentialManager().isConfiguredFor(type));
    }

    /** Whether this sign-in still lacks a proof: not if it brought one, nor, unless a fresh one is asked for, if the session did earlier. */
    static boolean isDue(AuthenticationFlowContext context) {
        UserModel user = context.getUser();
        AuthenticationSessionModel signIn = context.getAuthenticationSession();
        if (user == null || signIn.getUserSessionNotes().containsKey(PROVED_AT)) {
            return false;
        }
        if ("fresh".equals(signIn.getClientNote(ASKED))) {
            return true;
        }
        Optional<Instant> earlier = earlier(context, user);
        if (signIn.getClientNote(Constants.KC_ACTION) != null && has(user)) {
            return earlier.filter(at -> at.plus(FRESH_FOR_CHANGES).isAfter(Instant.now()))
                    .isEmpty();
        }
        return earlier.isEmpty() && (has(user) || "required".equals(signIn.getAuthNote(WANTED)));
    }

    /** When the session that this sign-in goes on with, if any, proved one. */
    private static Optional<Instant> earlier(AuthenticationFlowContext context, UserModel user) {
        UserSessionModel session = context.getSession()
                .sessions()
                .getUserSession(
                        context.getRealm(),
                        context.getAuthenticationSession().getParentSession().getId());
        return Optional.ofNullable(session)
                .filter(known -> user.getId().equals(known.getUser().getId()))
                .map(known -> known.getNote(PROVED_AT))
                .map(text -> Instant.ofEpochSecond(Long.parseLong(text)));
    }
}
