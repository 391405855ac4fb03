package org.bascule.session.network;

import org.jspecify.annotations.Nullable;

/** How a program names itself to servers (RFC 9110, section 10.1.5), so that people find it again in lists of sign-ins and in logs. */
public final class UserAgent {

    private static final int MAX = 64;

    private UserAgent() {}

    /**
     * {@code bascule/1.0 (Linux)}.
     *
     * @param version null where there is none, in a build that is not packaged
     */
    public static String of(String program, @Nullable String version) {
        return program + "/" + token(version == null ? "development" : version) + " ("
                + plain(System.getProperty("os.name", "unknown")) + ")";
    }

    /** A product's version is a token: what else is in it becomes a dash. */
    private static String token(String version) {
        return cut(version.replaceAll("[^A-Za-z0-9.!#$%&'*+^_`|~-]", "-"));
    }

    private static String plain(String comment) {
        return cut(comment.replaceAll("[^\\x20-\\x7e]|[()\\\\]", "-"));
    }

    private static String cut(String text) {
        return text.length() > MAX ? text.substring(0, MAX) : text;
    }
}
