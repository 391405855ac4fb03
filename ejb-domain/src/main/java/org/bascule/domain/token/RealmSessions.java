package org.bascule.domain.token;

import static org.bascule.domain.keycloak.AdminConnection.encoded;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.keycloak.AdminConnection;
import org.bascule.domain.keycloak.Keycloak;
import org.bascule.domain.keycloak.KeycloakException;
import org.bascule.domain.keycloak.UserCredential;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;

/** What the realms know of the signed in: ends their sessions, and says by what they sign in. */
@Stateless
public class RealmSessions {

    private static final Logger LOG = System.getLogger(RealmSessions.class.getName());

    @Inject
    Keycloak keycloak;

    @Inject
    Identities identities;

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
    public List<UserCredential> factors(Caller caller, String subject) throws RefusedException {
        try {
            return UserCredential.of(realm(caller.domainId()), subject);
        } catch (KeycloakException e) {
            throw unavailable("factors could not be read", e);
        }
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
