package org.bascule.web.login;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.bascule.websocket.address.TrustedProxies;

/** What the login knows about a request. */
public final class Requests {

    private static final String CALLER = Identity.class.getName();

    private Requests() {}

    /** Who makes the request, if the login let it pass with one. */
    public static Optional<Identity> identity(HttpServletRequest request) {
        return Optional.ofNullable((Identity) request.getAttribute(CALLER));
    }

    /** The login of the request's cookie; empty for bearers, which no cookie may shadow. */
    public static Optional<SignedIn> login(HttpServletRequest request) {
        return identity(request)
                .filter(identity -> identity.way() == Identity.Way.COOKIE)
                .flatMap(identity -> cookieLogin(request));
    }

    static void setIdentity(HttpServletRequest request, Identity identity) {
        request.setAttribute(CALLER, identity);
    }

    static Optional<SignedIn> cookieLogin(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        return session == null
                ? Optional.empty()
                : Optional.ofNullable((SignedIn) session.getAttribute(SignedIn.ATTRIBUTE));
    }

    /** The path as the container matched it: decoded, normalised, without parameters. */
    public static String path(HttpServletRequest request) {
        String info = request.getPathInfo();
        String path = request.getServletPath() + (info == null ? "" : info);
        return path.isEmpty() ? "/" : path;
    }

    /** Where a request came from. */
    static LoginJournal.Origin origin(HttpServletRequest request, TrustedProxies proxies) {
        return new LoginJournal.Origin(
                proxies.client(request), singleHeader(request, "User-Agent").orElse(null));
    }

    /** The value of a header that may be given once; given more often, it is worse than absent. */
    public static Optional<String> singleHeader(HttpServletRequest request, String name) {
        List<String> values = Collections.list(request.getHeaders(name));
        return values.size() == 1 ? Optional.of(values.get(0)) : Optional.empty();
    }
}
