package org.bascule.domain.token;

import static org.bascule.domain.keycloak.AdminConnection.encoded;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.keycloak.AdminConnection;
import org.bascule.domain.keycloak.Keycloak;
import org.bascule.domain.keycloak.KeycloakException;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/** What the realms know of the signed in: ends their sessions, and says by what they sign in. */
@Stateless
public class RealmSessions {

    private static final Logger LOG = System.getLogger(RealmSessions.class.getName());

    /** Kinds of credentials, as Keycloak and as we call them; it has others that nobody signs in with, such as former passwords. */
    private static final Map<String, String> KINDS = Map.of(
            "password", "password",
            "otp", "otp",
            "recovery-authn-codes", "recovery-codes",
            "webauthn", "security-key",
            "webauthn-passwordless", "passkey");

    @Inject
    Keycloak keycloak;

    @Inject
    Identities identities;

    /**
     * Something by which a user signs in.
     *
     * @param label what the user calls it; hostile text
     */
    public record Factor(String id, String kind, @Nullable String label, @Nullable Instant created) {}

    /**
     * Ends a session, and what it was made to last beyond its end. One that is gone already is no failure. The realm tells this server of it in the same
     * moment, which must not wait for rows that the caller has locked.
     *
     * @throws RefusedException {@code UNAVAILABLE} if the realm cannot be asked
     */
    public void end(String domainId, String realmSession) throws RefusedException {
        try {
            AdminConnection realm = realm(domainId);
            realm.delete("/sessions/" + encoded(realmSession) + "?isOffline=false");
            realm.delete("/sessions/" + encoded(realmSession) + "?isOffline=true");
        } catch (KeycloakException e) {
            throw unavailable("a session could not be ended", e);
        }
    }

    /**
     * By what the caller signs in.
     *
     * @param subject the caller's id in the realm
     * @throws RefusedException {@code UNAVAILABLE} if the realm cannot be asked
     */
    public List<Factor> factors(Caller caller, String subject) throws RefusedException {
        try {
            return realm(caller.domainId()).list("/users/" + encoded(subject) + "/credentials").stream()
                    .filter(credential -> KINDS.containsKey(credential.getString("type")))
                    .map(RealmSessions::factor)
                    .toList();
        } catch (KeycloakException e) {
            throw unavailable("factors could not be read", e);
        }
    }

    private static Factor factor(JsonObject credential) {
        return new Factor(
                credential.getString("id"),
                Objects.requireNonNull(KINDS.get(credential.getString("type"))),
                credential.getString("userLabel", null),
                credential.containsKey("createdDate")
                        ? Instant.ofEpochMilli(
                                credential.getJsonNumber("createdDate").longValue())
                        : null);
    }

    private AdminConnection realm(String domainId) throws RefusedException, KeycloakException {
        return keycloak.realm(identities
                .domainOfId(domainId)
                .orElseThrow(RefusedException::notFound)
                .realm());
    }

    private static RefusedException unavailable(String what, KeycloakException cause) {
        LOG.log(Level.WARNING, what, cause);
        return new RefusedException(
                Problem.UNAVAILABLE, "The identity provider does not answer. Try again in a moment.");
    }
}
