package org.bascule.keycloak;

import java.util.Optional;
import org.keycloak.http.HttpRequest;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** What the present request says about who sends it. */
final class Requests {

    private static final int MAX_USER_AGENT = 255;

    private Requests() {}

    /** The realm and the address, which is a forwarding header's where the direct peer is a trusted proxy of Keycloak's. */
    static AccessServer.Source source(KeycloakSession session, RealmModel realm) {
        return new AccessServer.Source(
                realm.getName(), session.getContext().getConnection().getRemoteAddr(), userAgent(session));
    }

    /** Empty also outside of a request, as in jobs of Keycloak's own. */
    static Optional<String> userAgent(KeycloakSession session) {
        try {
            return Optional.ofNullable(session.getContext().getHttpRequest())
                    .map(HttpRequest::getHttpHeaders)
                    .map(headers -> headers.getHeaderString("User-Agent"))
                    .map(text -> text.replaceAll("\\p{Cntrl}", " ").strip())
                    .filter(text -> !text.isEmpty())
                    .map(text -> text.substring(0, Math.min(MAX_USER_AGENT, text.length())));
        } catch (RuntimeException outsideOfARequest) {
            return Optional.empty();
        }
    }
}
