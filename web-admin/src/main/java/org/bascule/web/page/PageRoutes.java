package org.bascule.web.page;

import java.util.regex.Pattern;

/** The addresses that the page itself routes. They deliver the same document. */
final class PageRoutes {

    static final String DOCUMENT = "/index.html";

    private static final Pattern KNOWN = Pattern.compile("/|/index\\.html|/login"
            + "|/devices(/[^/]{1,64}(/[a-z-]{1,32})?)?"
            + "|/people(/(users|groups)(/[^/]{1,64})?)?"
            + "|/access(/(everybody|person|effective))?"
            + "|/settings(/sign-in(/providers/[^/]{1,64})?)?"
            + "|/sessions/[^/]{1,64}/watch"
            + "|/(assistance|sessions|requests|audit|transfer|account|blocked-addresses|domains|relays)");

    /** Names that the build derives from the content. */
    private static final Pattern HASHED = Pattern.compile("/assets/[A-Za-z0-9_.-]+-[A-Za-z0-9_-]{8}\\.[a-z0-9]+");

    private PageRoutes() {}

    static boolean isPage(String path) {
        return KNOWN.matcher(path).matches();
    }

    static boolean isImmutable(String path) {
        return HASHED.matcher(path).matches();
    }

    /** Whether the path can be a file of the build at all. */
    static boolean isFile(String path) {
        return !path.endsWith("/")
                && path.startsWith("/")
                && !path.toUpperCase(java.util.Locale.ROOT).startsWith("/WEB-INF")
                && !path.toUpperCase(java.util.Locale.ROOT).startsWith("/META-INF");
    }
}
