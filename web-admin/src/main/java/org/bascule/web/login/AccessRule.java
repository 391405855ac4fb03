package org.bascule.web.login;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Who may come to a path at all. Whatever is not listed needs a caller. */
enum AccessRule {
    /** Anybody: login, what the login page is made of, what agents and relays call, which prove themselves in their own way. */
    PUBLIC,
    /** Programs: without a caller 401, never a redirect. */
    API,
    /** People: without a caller the login page. */
    PAGE;

    private static final Set<String> PUBLIC_PATHS = Set.of(
            "/login",
            "/callback",
            "/logout",
            "/backchannel-logout",
            "/agent/v1",
            // what a machine without the agent fetches
            "/agent/install.sh",
            "/agent/files/bascule-agent.jar",
            "/agent/files/bascule-agent",
            "/agent/files/bascule-agent.service",
            "/agent/files/bascule-agent.desktop",
            "/api/installation",
            "/api/enrol",
            "/api/enrol/reset",
            "/api/pair",
            "/api/relays/heartbeat",
            "/api/relays/traffic",
            "/api/sign-in",
            // the server puts its health servlet into the application at the root of the site
            "/health",
            "/health/live",
            "/health/ready",
            "/health/started");

    /** What the login page is made of: files of the build, the same for everybody. */
    private static final Pattern STATIC =
            Pattern.compile("/(assets/)?[A-Za-z0-9_.-]+\\.(js|css|svg|ico|png|txt|woff2|webmanifest)");

    /** What became of a pairing: answered to the machine that proves its key. */
    private static final Pattern PAIRING = Pattern.compile("/api/pair/[0-9a-f-]{36}");

    /** What the identity provider asks, which shows a secret of its own. */
    private static final String INTERNAL = "/internal/v1/";

    private static final List<String> API_FOLDERS = List.of("/api/", "/agent/", "/relay/");

    /**
     * The rule for a path.
     *
     * @param path decoded and normalised by the container, without path parameters
     */
    static AccessRule of(String path) {
        if (PUBLIC_PATHS.contains(path)
                || STATIC.matcher(path).matches()
                || PAIRING.matcher(path).matches()
                || path.startsWith(INTERNAL)) {
            return PUBLIC;
        }
        boolean api = path.equals("/api") || API_FOLDERS.stream().anyMatch(path::startsWith);
        return api ? API : PAGE;
    }
}
