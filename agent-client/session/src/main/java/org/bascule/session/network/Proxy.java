package org.bascule.session.network;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A proxy: {@code http://[USER[:PASSWORD]@]HOST[:PORT]} or {@code socks5://…}. User and password are percent-encoded in the URL.
 *
 * @param user empty for none
 * @param password secret
 */
public record Proxy(Kind kind, String host, int port, String user, String password) {

    private static final int MAX_CREDENTIAL = 255;

    /** What it speaks. */
    public enum Kind {
        /** CONNECT of RFC 9110, section 9.3.6. */
        HTTP("http", 3_128),
        /** RFC 1928. */
        SOCKS5("socks5", 1_080);

        private final String scheme;
        private final int port;

        Kind(String scheme, int port) {
            this.scheme = scheme;
            this.port = port;
        }
    }

    /** @throws IllegalArgumentException if that is no proxy; the message is for the user and does not repeat the text, which may hold a password */
    public static Proxy parse(String text) {
        URI url;
        try {
            String stripped = text.strip();
            url = new URI(stripped.contains("://") ? stripped : "http://" + stripped);
        } catch (URISyntaxException e) {
            // the exception repeats the text
            throw new IllegalArgumentException("The proxy is not a URL.");
        }
        Kind kind =
                switch (String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT)) {
                    case "http" -> Kind.HTTP;
                    case "socks5", "socks5h", "socks" -> Kind.SOCKS5;
                    default ->
                        throw new IllegalArgumentException(
                                "The URL of the proxy must begin with http:// or socks5://.");
                };
        String host = url.getHost();
        String path = url.getRawPath();
        if (host == null
                || path != null && path.length() > 1
                || url.getRawQuery() != null
                || url.getRawFragment() != null) {
            throw new IllegalArgumentException("The proxy is SCHEME://[USER[:PASSWORD]@]HOST[:PORT].");
        }
        String info = url.getRawUserInfo() == null ? "" : url.getRawUserInfo();
        int colon = info.indexOf(':');
        String user = decode(colon < 0 ? info : info.substring(0, colon));
        String password = colon < 0 ? "" : decode(info.substring(colon + 1));
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return new Proxy(kind, bare, url.getPort() < 0 ? kind.port : url.getPort(), user, password);
    }

    public Proxy {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("The port of the proxy is not one.");
        }
        if (user.getBytes(StandardCharsets.UTF_8).length > MAX_CREDENTIAL
                || password.getBytes(StandardCharsets.UTF_8).length > MAX_CREDENTIAL
                || (user + password).chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
            throw new IllegalArgumentException(
                    "User or password of the proxy are too long or hold control characters.");
        }
    }

    private static String decode(String part) {
        try {
            return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("User or password of the proxy are not percent-encoded.");
        }
    }

    /** The same with another password. */
    public Proxy withPassword(String other) {
        return new Proxy(kind, host, port, user, other);
    }

    Way way() {
        return kind == Kind.HTTP ? new HttpProxy(this) : new Socks5(this);
    }

    /** The URL with everything in it, which is secret. */
    public String reveal() {
        String credentials =
                user.isEmpty() ? "" : encode(user) + (password.isEmpty() ? "" : ":" + encode(password)) + "@";
        return shown().replace("://", "://" + credentials);
    }

    private static String encode(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
    }

    /** For people: without user and password. */
    public String shown() {
        return kind.scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    @Override
    public String toString() {
        return shown();
    }
}
