package org.bascule.web.api;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.bascule.web.login.Requests;

/** How long bodies may be, in bytes, whether they announce their length or not. */
final class BodyLimit {

    /** What is read as JSON. */
    static final int JSON = 64 * 1_024;

    /** A whole directory; read as it comes, never held. */
    static final int IMPORT = 64 * 1_024 * 1_024;

    private static final Map<String, Integer> OTHERS = Map.of("POST /api/imports", IMPORT);

    private BodyLimit() {}

    static int of(HttpServletRequest request) {
        return of(request.getMethod(), Requests.path(request));
    }

    static int of(String method, String path) {
        return OTHERS.getOrDefault(method + " " + path, JSON);
    }
}
