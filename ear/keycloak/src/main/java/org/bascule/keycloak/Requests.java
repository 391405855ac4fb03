package org.bascule.keycloak;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.keycloak.http.HttpRequest;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** What the present request says about who sends it. */
final class Requests {

    private static final System.Logger LOG = System.getLogger(Requests.class.getName());

    private static final int MAX_USER_AGENT = 255;
    private static final String FORWARDED_FOR = "X-Forwarded-For";
    private static final long LOG_EVERY_MILLIS = 60_000;

    /** When the next line about the header may be written; milliseconds since 1970. */
    private static final AtomicLong NEXT_LINE = new AtomicLong();

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

    /** Whether nothing was sent but an address: nobody typed or confirmed what is in it. */
    static boolean isLink(KeycloakSession session) {
        return "GET".equals(session.getContext().getHttpRequest().getHttpMethod());
    }

    /** Whether the browser shows the answer as a page of its own, which an image, a frame or a script is not. */
    static boolean isNavigation(KeycloakSession session) {
        return isLink(session)
                && header(session, "Sec-Fetch-Dest").filter("document"::equals).isPresent();
    }

    /**
     * The realm and the address, which is a forwarding header's where the direct peer is a trusted proxy of Keycloak's.
     *
     * @throws RefusedException as {@link #requireOneAddress}
     */
    static AccessServer.Source source(KeycloakSession session, RealmModel realm) throws RefusedException {
        return source(session, realm, session.getContext().getConnection().getRemoteAddr());
    }

    /** The same with the address that Keycloak wrote into an event. */
    static AccessServer.Source source(KeycloakSession session, RealmModel realm, String address)
            throws RefusedException {
        requireOneAddress(forwardedFor(session));
        return new AccessServer.Source(realm.getName(), address, userAgent(session));
    }

    /**
     * Keycloak believes the leftmost address of {@code X-Forwarded-For}, which is the client's own invention where a proxy appends to what it got. Whoever
     * is behind such a proxy could try from a new address each time and shut out any other, so nobody behind it tries anything. Where Keycloak does not read
     * the header, this refuses nobody but those who send such a one themselves.
     *
     * @param lines the header's lines
     * @throws RefusedException unavailable: more than one address
     */
    static void requireOneAddress(List<String> lines) throws RefusedException {
        if (lines.size() > 1 || lines.stream().anyMatch(line -> line.indexOf(',') >= 0)) {
            long now = System.currentTimeMillis();
            long next = NEXT_LINE.get();
            if (now >= next && NEXT_LINE.compareAndSet(next, now + LOG_EVERY_MILLIS)) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "refused: X-Forwarded-For has more than one address. The reverse proxy of proxy-trusted-addresses must replace this"
                                + " header by the address of its peer, and add nothing to it");
            }
            throw RefusedException.unavailable("X-Forwarded-For has more than one address");
        }
    }

    private static List<String> forwardedFor(KeycloakSession session) {
        try {
            return Optional.ofNullable(session.getContext().getHttpRequest())
                    .map(HttpRequest::getHttpHeaders)
                    .map(headers -> headers.getRequestHeader(FORWARDED_FOR))
                    .orElse(List.of());
        } catch (RuntimeException outsideOfARequest) {
            return List.of();
        }
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
