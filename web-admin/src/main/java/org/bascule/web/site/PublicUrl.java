package org.bascule.web.site;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The address under which browsers, agents and tickets know this installation: scheme, host and port, no path.
 *
 * <p>Guarantees: {@code https}, or {@code http} on a loopback host alone, because only there a browser treats plain http as a secure context
 * and nobody can listen in between.
 *
 * @param origin scheme, host and port in lower case without a trailing slash, as a browser sends it in {@code Origin}
 */
public record PublicUrl(String origin) {

    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[::1]");

    public PublicUrl {
        if (!origin.equals(canonical(origin))) {
            throw new IllegalArgumentException("not a canonical origin: " + origin);
        }
    }

    /**
     * Reads the setting {@code bascule.public-url}; a trailing slash and a default port are accepted and dropped.
     *
     * @throws IllegalArgumentException naming the rule that the text breaks
     */
    public static PublicUrl parse(String text) {
        return new PublicUrl(canonical(text.strip()));
    }

    private static String canonical(String text) {
        URI uri = URI.create(text);
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        String host = uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
        boolean bare = (uri.getRawPath() == null
                        || uri.getRawPath().isEmpty()
                        || uri.getRawPath().equals("/"))
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null
                && uri.getRawUserInfo() == null;
        if (host.isEmpty() || !bare) {
            throw new IllegalArgumentException("the public URL is scheme, host and port alone: " + text);
        }
        if (!scheme.equals("https")
                && !(scheme.equals("http") && LOOPBACK.matcher(host).matches())) {
            throw new IllegalArgumentException(
                    "the public URL must be https; http is accepted for a loopback host alone: " + text);
        }
        int usual = scheme.equals("https") ? 443 : 80;
        boolean port = uri.getPort() != -1 && uri.getPort() != usual;
        return scheme + "://" + host + (port ? ":" + uri.getPort() : "");
    }

    /** Whether browsers reach it by TLS. */
    public boolean secure() {
        return origin.startsWith("https:");
    }

    /** Host, with the port unless it is the usual one. */
    public String authority() {
        return origin.substring(origin.indexOf("://") + 3);
    }

    /** The same place for WebSockets, as a source expression of a content security policy. */
    public String webSocketOrigin() {
        return (secure() ? "wss://" : "ws://") + authority();
    }

    /** Name of the session cookie; the {@code __Host-} prefix needs {@code Secure}, which plain http cannot have. */
    public String cookieName() {
        return secure() ? "__Host-bascule" : "bascule";
    }

    /**
     * An absolute URL on this site.
     *
     * @param path begins with a slash
     */
    public String at(String path) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("a path begins with a slash: " + path);
        }
        return origin + path;
    }

    @Override
    public String toString() {
        return origin;
    }
}
