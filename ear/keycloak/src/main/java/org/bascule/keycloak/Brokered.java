package org.bascule.keycloak;

import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** People whom a company's provider brought (IDN-7). */
final class Brokered {

    private Brokered() {}

    /** Whether a user came with a provider at any time. */
    static boolean is(KeycloakSession session, RealmModel realm, UserModel user) {
        return session.users()
                .getFederatedIdentitiesStream(realm, user)
                .findAny()
                .isPresent();
    }
}
