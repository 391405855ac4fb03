package org.bascule.session.network;

import java.io.IOException;
import java.net.URI;
import java.util.Locale;

/**
 * Where a URL leads: {@code http}, {@code https}, {@code ws} or {@code wss}.
 *
 * @param host a name or an address, IPv6 without brackets
 * @param port as it is written; 0 if it is not
 */
record Target(boolean tls, String host, int port) {

    static Target parse(URI url) throws IOException {
        String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
        boolean tls = scheme.equals("https") || scheme.equals("wss");
        String host = url.getHost();
        if (host == null || !tls && !scheme.equals("http") && !scheme.equals("ws")) {
            throw new IOException("a URL that leads nowhere");
        }
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return new Target(tls, bare, Math.max(0, url.getPort()));
    }

    /** What a request line names. */
    static String of(URI url) {
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        return url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
    }

    /** The field {@code Host}: as the URL says it, whatever port is tried. */
    static String host(URI url) {
        return url.getPort() < 0 ? url.getHost() : url.getHost() + ":" + url.getPort();
    }
}
