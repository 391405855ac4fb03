package org.bascule.keycloak;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.http.HttpRequest;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** What the present request says about who sends it. */
final class Requests {

    private static final int MAX_USER_AGENT = 255;

    private Requests() {}

    /**
     * Whether another site's page had the browser send this (Fetch Metadata): nobody's failure then, for whoever looks at such a page guesses at nothing.
     * Programs, and browsers too old to tell, are not from elsewhere.
     */
    static boolean isFromElsewhere(KeycloakSession session) {
        return isFromElsewhere(header(session, "Sec-Fetch-Site").orElse(null));
    }

    static boolean isFromElsewhere(@Nullable String site) {
        return "cross-site".equals(site) || "same-site".equals(site);
    }

    /** Whether the browser shows the answer as a page of its own, which an image, a frame or a script is not. */
    static boolean isNavigation(KeycloakSession session) {
        return "GET".equals(session.getContext().getHttpRequest().getHttpMethod())
                && header(session, "Sec-Fetch-Dest").filter("document"::equals).isPresent();
    }

    /** The realm and the address, which is a forwarding header's where the direct peer is a trusted proxy of Keycloak's. */
    static AccessServer.Source source(KeycloakSession session, RealmModel realm) {
        return new AccessServer.Source(
                realm.getName(), session.getContext().getConnection().getRemoteAddr(), userAgent(session));
    }

    /** Empty also outside of a request, as in jobs of Keycloak's own. */
    static Optional<String> userAgent(KeycloakSession session) {
        return header(session, "User-Agent")
                .map(text -> text.replaceAll("\\p{Cntrl}", " ").strip())
                .filter(text -> !text.isEmpty())
                .map(text -> text.substring(0, Math.min(MAX_USER_AGENT, text.length())));
    }

    private static Optional<String> header(KeycloakSession session, String name) {
        try {
            return Optional.ofNullable(session.getContext().getHttpRequest())
                    .map(HttpRequest::getHttpHeaders)
                    .map(headers -> headers.getHeaderString(name));
        } catch (RuntimeException outsideOfARequest) {
            return Optional.empty();
        }
    }
}
