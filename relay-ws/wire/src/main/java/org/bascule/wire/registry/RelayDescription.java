package org.bascule.wire.registry;

import java.net.URI;
import java.util.regex.Pattern;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.session.RelayAddress;

/**
 * What a relay says of itself. Shown to people and put into policies of pages, so nothing else than this is taken.
 *
 * @param id 1 to 64 letters, digits, {@code . _ -}, beginning with a letter or digit
 * @param name for people, 1 to {@value #MAX_NAME} characters
 * @param region for people, at most {@value #MAX_REGION} characters; may be empty
 * @param url what browsers dial: {@code ws} or {@code wss}, at most {@value #MAX_URL} characters of ASCII, without user, query, fragment, trailing slash
 * @param nativeUrl the same for agents and native clients
 * @param version of the relay's software, at most {@value #MAX_VERSION} characters
 */
public record RelayDescription(String id, String name, String region, String url, String nativeUrl, String version) {

    public static final int MAX_ID = 64;
    public static final int MAX_NAME = 80;
    public static final int MAX_REGION = 40;
    public static final int MAX_URL = 200;
    public static final int MAX_VERSION = 40;

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern URL = Pattern.compile("[\\x21-\\x7e&&[^?#\"'<>\\\\;,]]{1," + MAX_URL + "}");
    /** A letter, digit, mark, punctuation, symbol or space: nothing that is not seen or turns the line around. */
    private static final Pattern SHOWN = Pattern.compile("[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S} ]*");

    public RelayDescription {
        if (!isId(id)) {
            throw new IllegalArgumentException("a relay id has 1 to 64 letters, digits, '.', '_' or '-'");
        }
        requireShown("name", name, MAX_NAME);
        if (name.isBlank()) {
            throw new IllegalArgumentException("the name of a relay is empty");
        }
        requireShown("region", region, MAX_REGION);
        requireShown("version", version, MAX_VERSION);
        requireUrl(id, url);
        requireUrl(id, nativeUrl);
    }

    /** Whether a relay may be called so. */
    public static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    private static void requireShown(String what, String text, int max) {
        if (text.length() > max || !SHOWN.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "the %s of a relay has at most %d characters that can be seen".formatted(what, max));
        }
    }

    private static void requireUrl(String id, String url) {
        RelayAddress address = new RelayAddress(id, url);
        if (!URL.matcher(url).matches() || !isPort(URI.create(address.url()).getPort())) {
            throw new IllegalArgumentException("a relay URL has at most %d plain characters".formatted(MAX_URL));
        }
    }

    private static boolean isPort(int port) {
        return port == -1 || (port > 0 && port < 65_536);
    }

    static RelayDescription read(StrictJson claims) throws WireException {
        try {
            return new RelayDescription(
                    claims.string("id", MAX_ID),
                    claims.string("name", MAX_NAME),
                    claims.text("region", MAX_REGION),
                    claims.string("url", MAX_URL),
                    claims.string("nativeUrl", MAX_URL),
                    claims.text("version", MAX_VERSION));
        } catch (IllegalArgumentException e) {
            throw new WireException(WireException.Reason.MALFORMED, String.valueOf(e.getMessage()), e);
        }
    }
}
