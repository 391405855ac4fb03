package org.bascule.web.site;

import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bascule.websocket.address.TrustedProxies;
import org.eclipse.microprofile.config.Config;

/**
 * The settings of this installation that concern the web (MicroProfile Config).
 *
 * <table>
 * <caption>Settings</caption>
 * <tr><td>{@code bascule.public-url}</td><td>see {@link PublicUrl}; required</td></tr>
 * <tr><td>{@code bascule.trusted-proxies}</td><td>addresses and networks of proxies whose {@code X-Forwarded-For} counts; none</td></tr>
 * <tr><td>{@code bascule.relays}</td><td>ids of the relays, separated by commas; none</td></tr>
 * <tr><td>{@code bascule.relay.<id>.url}</td><td>the relay's URL for browsers</td></tr>
 * <tr><td>{@code bascule.agent.server-names}</td><td>the authorities that agents may dial; the first is in commands; that of the public URL</td></tr>
 * <tr><td>{@code bascule.keycloak.url}</td><td>base URL of Keycloak as browsers and this server reach it; required</td></tr>
 * </table>
 *
 * @param agentUrl where agents connect to: https, always
 * @param relays URLs of the relays for browsers
 * @param identityProvider base URL of Keycloak without a trailing slash
 */
public record Site(
        PublicUrl publicUrl, String agentUrl, TrustedProxies proxies, List<URI> relays, URI identityProvider) {

    public Site {
        relays = List.copyOf(relays);
        for (URI relay : relays) {
            requireOrigin(relay, "ws", "wss", "http", "https");
        }
        requireOrigin(identityProvider, "http", "https");
        if (identityProvider.getScheme().equals("http")) {
            // the rule of the public URL holds for the provider too: codes and tokens travel there
            PublicUrl.parse(origin(identityProvider));
        }
    }

    /**
     * Reads the settings.
     *
     * @throws IllegalArgumentException or {@link java.util.NoSuchElementException} naming the setting that is wrong or missing
     */
    public static Site from(Config config) {
        List<URI> relays = new ArrayList<>();
        for (String id : list(config, "bascule.relays")) {
            config.getOptionalValue("bascule.relay." + id + ".url", String.class)
                    .ifPresent(url -> relays.add(URI.create(url)));
        }
        String provider = config.getValue("bascule.keycloak.url", String.class).strip();
        PublicUrl publicUrl = PublicUrl.parse(config.getValue("bascule.public-url", String.class));
        return new Site(
                publicUrl,
                "https://"
                        + list(config, "bascule.agent.server-names").stream()
                                .findFirst()
                                .orElse(publicUrl.authority()),
                TrustedProxies.parse(list(config, "bascule.trusted-proxies")),
                relays,
                URI.create(provider.endsWith("/") ? provider.substring(0, provider.length() - 1) : provider));
    }

    private static List<String> list(Config config, String name) {
        return config.getOptionalValue(name, String.class).stream()
                .flatMap(text -> Arrays.stream(text.split(",", -1)))
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .toList();
    }

    private static void requireOrigin(URI uri, String... schemes) {
        if (uri.getScheme() == null || !List.of(schemes).contains(uri.getScheme()) || uri.getHost() == null) {
            throw new IllegalArgumentException("not a URL with a host: " + uri);
        }
    }

    /** Scheme, host and port of a URL. */
    static String origin(URI uri) {
        return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() == -1 ? "" : ":" + uri.getPort());
    }
}
