package org.bascule.domain.configuration;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Everything that can be set, with defaults where there are any. Property names are those of {@link SettingsProducer}.
 *
 * @param publicUrl {@code bascule.public-url}: where browsers find the installation, without a trailing slash; also the issuer of tickets
 * @param masterKeyFile {@code bascule.master-key-file}: 32 random bytes that wrap every private key in the database
 * @param keySetFile {@code bascule.key-set-file}: the key set as signed by the offline root; {@code key-request.json} is written beside it
 * @param bootstrapFile {@code bascule.bootstrap-file}: domains to create at the first start
 * @param agentServerNames {@code bascule.agent.server-names}: authorities that agents may dial, lower case
 * @param tlsSpkiHashes {@code bascule.tls.spki-hashes}: SHA-256 of the SubjectPublicKeyInfo of the TLS certificates that agents may see, base64url
 * @param keycloakUrl {@code bascule.keycloak.url}: without a trailing slash; realm NAME has the issuer {@code URL/realms/NAME}
 * @param loginEvents how to read login events, or empty where {@code bascule.keycloak.admin-client-secret-file} is not set
 * @param operatorDomain {@code bascule.operator.domain}: name of the domain whose people may run the installation, if any
 * @param guard {@code bascule.block.failures}, {@code bascule.block.minutes}
 * @param relayPolicy {@code bascule.relays.plain}
 * @param relays {@code bascule.relays} and {@code bascule.relay.<id>.url}, {@code bascule.relay.<id>.native-url}
 */
public record Settings(
        String publicUrl,
        Path masterKeyFile,
        Path keySetFile,
        Optional<Path> bootstrapFile,
        Set<String> agentServerNames,
        Set<String> tlsSpkiHashes,
        String keycloakUrl,
        Optional<LoginEvents> loginEvents,
        Optional<String> operatorDomain,
        Guard guard,
        RelayPolicy relayPolicy,
        List<Relay> relays) {

    public Settings {
        requireUrl("bascule.public-url", publicUrl);
        requireUrl("bascule.keycloak.url", keycloakUrl);
        agentServerNames = Set.copyOf(agentServerNames);
        tlsSpkiHashes = Set.copyOf(tlsSpkiHashes);
        relays = List.copyOf(relays);
        relays.forEach(relay -> requirePermitted(relayPolicy, relay));
    }

    private static void requirePermitted(RelayPolicy policy, Relay relay) {
        if (!policy.permitsBrowsers(relay.url())) {
            throw new IllegalArgumentException(
                    "bascule.relay." + relay.id() + ".url must be wss, or ws on loopback: browsers take no other");
        }
        if (!policy.permitsNative(relay.nativeUrl())) {
            throw new IllegalArgumentException("bascule.relay." + relay.id()
                    + ".native-url must be wss, or ws on loopback, unless bascule.relays.plain is true");
        }
    }

    private static void requireUrl(String name, String value) {
        URI uri = URI.create(value);
        boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
        if (!web || uri.getHost() == null || value.endsWith("/") || value.length() > 300) {
            throw new IllegalArgumentException(name + " must be an http or https URL without a trailing slash");
        }
    }

    /** The issuer of a realm's tokens. */
    public String issuerOf(String realm) {
        return keycloakUrl + "/realms/" + realm;
    }

    /**
     * A client with a service account in each realm that may view events.
     *
     * @param clientId {@code bascule.keycloak.admin-client-id}, default {@code bascule-server}
     * @param secretFile {@code bascule.keycloak.admin-client-secret-file}
     */
    public record LoginEvents(String clientId, Path secretFile) {}

    /**
     * How many failed attempts block an address, and for how long: within the same time they count.
     *
     * @param failures 1 to 1,000, default 5
     * @param block 1 minute to 1 day, default 5 minutes
     */
    public record Guard(int failures, Duration block) {

        private static final int MAX_FAILURES = 1_000;
        private static final Duration MAX_BLOCK = Duration.ofDays(1);

        public static final Guard DEFAULT = new Guard(5, Duration.ofMinutes(5));

        public Guard {
            if (failures < 1 || failures > MAX_FAILURES) {
                throw new IllegalArgumentException("bascule.block.failures must be 1 to " + MAX_FAILURES);
            }
            if (block.compareTo(Duration.ofMinutes(1)) < 0 || block.compareTo(MAX_BLOCK) > 0) {
                throw new IllegalArgumentException("bascule.block.minutes must be 1 to " + MAX_BLOCK.toMinutes());
            }
        }
    }

    /**
     * A relay.
     *
     * @param url what browsers dial
     * @param nativeUrl what agents and native clients dial; default: the same
     */
    public record Relay(String id, String url, String nativeUrl) {}
}
