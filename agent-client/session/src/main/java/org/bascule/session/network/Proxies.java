package org.bascule.session.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which proxy leads to which server. {@code BASCULE_PROXY} or a setting is for every server; {@code HTTPS_PROXY}, {@code HTTP_PROXY} and {@code ALL_PROXY} as
 * other programs have them. This machine itself and what {@code NO_PROXY} lists ({@link NoProxy}) are reached directly. Thread-safe.
 */
public final class Proxies {

    /** The variable of this program alone; {@code direct} means no proxy whatever others are set. */
    public static final String VARIABLE = "BASCULE_PROXY";

    private static final String DIRECT = "direct";
    private static final Proxies NONE = new Proxies(null, null, NoProxy.NOTHING);

    private final @Nullable Way secured;
    private final @Nullable Way plain;
    private final NoProxy exceptions;

    private Proxies(@Nullable Way secured, @Nullable Way plain, NoProxy exceptions) {
        this.secured = secured;
        this.plain = plain;
        this.exceptions = exceptions;
    }

    public static Proxies none() {
        return NONE;
    }

    /**
     * Reads the environment.
     *
     * @param setting what was set for this program elsewhere; counts after {@link #VARIABLE} and before the others
     * @throws IllegalArgumentException if a variable holds no proxy; the message names it and repeats nothing of it
     */
    public static Proxies of(Map<String, String> environment, Optional<Proxy> setting) {
        NoProxy exceptions = NoProxy.parse(variable(environment, "NO_PROXY").orElse(""));
        Optional<String> own = Optional.ofNullable(environment.get(VARIABLE)).filter(text -> !text.isBlank());
        if (own.isPresent() && own.get().strip().equalsIgnoreCase(DIRECT)) {
            return NONE;
        }
        Optional<Proxy> forAll = own.isPresent() ? Optional.of(parse(VARIABLE, own.get())) : setting;
        if (forAll.isPresent()) {
            Way way = forAll.get().way();
            return new Proxies(way, way, exceptions);
        }
        return new Proxies(
                way(environment, "HTTPS_PROXY").orElse(null),
                way(environment, "HTTP_PROXY").orElse(null),
                exceptions);
    }

    private static Optional<Way> way(Map<String, String> environment, String name) {
        for (String candidate : List.of(name, "ALL_PROXY")) {
            Optional<String> text = variable(environment, candidate);
            if (text.isPresent()) {
                return Optional.of(parse(candidate, text.get()).way());
            }
        }
        return Optional.empty();
    }

    private static Proxy parse(String name, String text) {
        try {
            return Proxy.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + ": " + e.getMessage());
        }
    }

    /** In lower case, as most programs have it, or in upper case. */
    private static Optional<String> variable(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name.toLowerCase(Locale.ROOT)))
                .filter(text -> !text.isBlank())
                .or(() -> Optional.ofNullable(environment.get(name)).filter(text -> !text.isBlank()));
    }

    /** The proxy that leads to a server; empty if it is reached directly. */
    public Optional<Proxy> leadingTo(URI url) {
        try {
            Target target = Target.parse(url);
            int port = target.port() > 0 ? target.port() : target.tls() ? 443 : 80;
            return to(target.host(), port, target.tls()).proxy();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    Way to(String host, int port, boolean tls) {
        Way way = tls ? secured : plain;
        return way == null || isThisMachine(host) || exceptions.matches(host, port) ? Direct.WAY : way;
    }

    private static boolean isThisMachine(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        InetAddress address = NoProxy.address(name);
        return name.equals("localhost")
                || name.endsWith(".localhost")
                || address != null && address.isLoopbackAddress();
    }
}
