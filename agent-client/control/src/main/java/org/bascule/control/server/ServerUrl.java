package org.bascule.control.server;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;

/** URLs that something secret may be sent to. */
public final class ServerUrl {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private ServerUrl() {}

    /** An https URL, or http to this machine; without user, query, fragment and trailing slash. */
    public static URI parse(String text) throws CommandException {
        URI url;
        try {
            url = new URI(text.strip());
        } catch (URISyntaxException e) {
            throw bad(text, "is not a URL", e);
        }
        String host = url.getHost();
        if (host == null || url.getUserInfo() != null || url.getQuery() != null || url.getFragment() != null) {
            throw bad(text, "is not the URL of a server", null);
        }
        boolean plain = "http".equalsIgnoreCase(url.getScheme());
        if (plain && !LOOPBACK.contains(host.toLowerCase(Locale.ROOT))) {
            throw bad(text, "must begin with https://", null);
        }
        if (!plain && !"https".equalsIgnoreCase(url.getScheme())) {
            throw bad(text, "must begin with https://", null);
        }
        String clean = url.toString();
        return URI.create(clean.endsWith("/") ? clean.substring(0, clean.length() - 1) : clean);
    }

    private static CommandException bad(String text, String why, @org.jspecify.annotations.Nullable Throwable cause) {
        return new CommandException(ExitCode.USAGE, "'" + Printable.of(text) + "' " + why, cause);
    }
}
