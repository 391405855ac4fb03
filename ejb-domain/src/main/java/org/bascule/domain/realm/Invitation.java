package org.bascule.domain.realm;

import org.bascule.domain.keycloak.AdminConnection;
import org.bascule.domain.keycloak.KeycloakException;
import org.bascule.wire.Json;

/** A link by which a user chooses a password. It confirms the address that it went to, and ends at a page that leads on to the sign-in. */
public final class Invitation {

    /** As the mail says, in two languages (theme of the realm). */
    private static final int SECONDS = 3 * 24 * 3_600;

    private Invitation() {}

    /** Sends it to a user of the realm who has an address. */
    public static void send(AdminConnection realm, String subject) throws KeycloakException {
        realm.put(
                "/users/" + subject + "/execute-actions-email?client_id=" + RealmTemplate.WEB_CLIENT + "&lifespan="
                        + SECONDS,
                Json.createArrayBuilder().add("UPDATE_PASSWORD").build());
    }
}
