package org.bascule.web.login;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a login leads: a page of this site and nowhere else, whatever the link said. */
final class NextPath {

    static final String HOME = "/";
    private static final int MAX = 1_000;
    private static final List<String> NOT_PAGES =
            List.of("/api", "/login", "/callback", "/logout", "/agent", "/relay", "/index.html");

    private NextPath() {}

    /** The path if it is one of this site's pages, otherwise {@link #HOME}. */
    static String sanitise(@Nullable String next) {
        return next != null && isPage(next) ? next : HOME;
    }

    private static boolean isPage(String next) {
        // a browser reads both // and /\ as the start of a host, and drops tabs and line ends before it looks
        if (next.length() > MAX || !next.startsWith("/") || next.startsWith("//") || next.indexOf('\\') >= 0) {
            return false;
        }
        if (!next.chars().allMatch(c -> c > 0x20 && c < 0x7F)) {
            return false;
        }
        try {
            URI uri = new URI(next);
            String path = uri.getPath();
            return uri.getScheme() == null
                    && uri.getRawAuthority() == null
                    && path != null
                    && uri.normalize().getPath().equals(path)
                    && path.indexOf('\\') < 0
                    && !path.contains("//")
                    && NOT_PAGES.stream().noneMatch(taken -> path.equals(taken) || path.startsWith(taken + "/"));
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
