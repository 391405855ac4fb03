package org.bascule.domain.configuration;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;

/**
 * Where relays may be: at {@code wss}, or at {@code ws} on the machine of whoever dials it. Agents and native clients may be sent to others without TLS as well, if the operator wants that; browsers never, for a
 * page that came by https cannot go there.
 *
 * @param plain {@code bascule.relays.plain}, false unless set: whoever is on the way then sees ids of sessions, tokens that are of no use without their key, and who talks when and how much; never what
 *     is said, which is encrypted from end to end
 */
public record RelayPolicy(boolean plain) {

    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[::1]");

    /** Whether browsers and the others may be sent to these two addresses. */
    public boolean permits(String url, String nativeUrl) {
        return permitsBrowsers(url) && permitsNative(nativeUrl);
    }

    boolean permitsBrowsers(String url) {
        return isEncrypted(url) || isPlain(url) && isLoopback(url);
    }

    boolean permitsNative(String url) {
        return isEncrypted(url) || isPlain(url) && (plain || isLoopback(url));
    }

    private static boolean isEncrypted(String url) {
        return url.startsWith("wss://");
    }

    private static boolean isPlain(String url) {
        return url.startsWith("ws://");
    }

    private static boolean isLoopback(String url) {
        try {
            String host = new URI(url).getHost();
            return host != null && LOOPBACK.matcher(host).matches();
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
