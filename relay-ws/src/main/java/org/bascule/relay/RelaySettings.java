package org.bascule.relay;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.bascule.relay.pairing.FlowLimits;
import org.bascule.relay.pairing.LobbyLimits;
import org.bascule.websocket.address.TrustedProxies;
import org.bascule.websocket.container.Openings;
import org.bascule.wire.B64;
import org.bascule.wire.Sha256;
import org.bascule.wire.WireException;
import org.bascule.wire.registry.RelayDescription;
import org.eclipse.microprofile.config.Config;

/**
 * Configuration of a relay (MicroProfile Config).
 *
 * <table>
 *   <caption>Names, meanings, defaults</caption>
 *   <tr><td>{@value #ID}</td><td>id of this relay, as the access server lists it; not set: the relay refuses everybody</td></tr>
 *   <tr><td>{@value #ACCESS_URL}</td><td>URL of the access server</td></tr>
 *   <tr><td>{@value #ACCESS_CA}</td><td>PEM file with the CA of its certificate; not set: the platform's CAs</td></tr>
 *   <tr><td>{@value #ROOT_HASH}</td><td>base64url SHA-256 of the installation root's public key</td></tr>
 *   <tr><td>{@value #KEY_SET_FILE}</td><td>where the key set is kept for a start without the access server; not set: nowhere</td></tr>
 *   <tr><td>{@value #KEY_FILE}</td><td>PEM file with the relay's own key, made if it is not there; not set: the relay does not register itself</td></tr>
 *   <tr><td>{@value #PUBLIC_URL}</td><td>{@code ws} or {@code wss} URL that browsers dial; not set: the relay does not register itself</td></tr>
 *   <tr><td>{@value #NATIVE_URL}</td><td>what agents and native clients dial; the same</td></tr>
 *   <tr><td>{@value #NAME}</td><td>for people; the id</td></tr>
 *   <tr><td>{@value #REGION}</td><td>for people; none</td></tr>
 *   <tr><td>{@value #TRUSTED_PROXIES}</td><td>addresses and networks of proxies whose {@code X-Forwarded-For} counts; those of the application that the relay is in, {@value #APPLICATION_PROXIES}</td></tr>
 *   <tr><td>{@value #MAX_UNPROVED}</td><td>connections without an accepted proof; 1000</td></tr>
 *   <tr><td>{@value #MAX_UNPROVED_PER_ADDRESS}</td><td>the same from one address, of IPv6 from one /64; 50. From one /24, of IPv6 from one /48, ten times as many</td></tr>
 *   <tr><td>{@value #MAX_UNOPENED}</td><td>connections whose first header is not complete; 2000</td></tr>
 *   <tr><td>{@value #MAX_UNOPENED_PER_NETWORK}</td><td>the same from one /24, of IPv6 from one /48, but not from a trusted proxy; 200</td></tr>
 *   <tr><td>{@value #MAX_PAIRS}</td><td>sessions; one for each 512 KiB of the heap, at most 10000</td></tr>
 *   <tr><td>{@value #MAX_QUEUED}</td><td>bytes queued in all sessions together; a sixteenth of the heap. Beyond it senders are paused, and nothing is taken beyond twice as much</td></tr>
 *   <tr><td>{@value #STALLED_SECONDS}</td><td>how long more than 256 KiB may be queued, or more than one message when the memory for all is nearly used up, twice as long for one then; 10</td></tr>
 *   <tr><td>{@value #TOKEN_SECONDS}</td><td>until token and proof were accepted; 5</td></tr>
 *   <tr><td>{@value #PEER_SECONDS}</td><td>until the other end came; 30</td></tr>
 * </table>
 *
 * @param identity empty if this relay is switched off
 * @param registration empty if the access server knows it by its own configuration, or not at all
 */
record RelaySettings(
        Optional<Identity> identity,
        Optional<Path> keySetFile,
        Optional<OwnRegistration> registration,
        TrustedProxies proxies,
        LobbyLimits limits,
        long maxQueued,
        int maxUnopened,
        int maxUnopenedPerNetwork) {

    static final String ID = "bascule.relay.id";
    static final String ACCESS_URL = "bascule.relay.access-url";
    static final String ACCESS_CA = "bascule.relay.access-ca-file";
    static final String ROOT_HASH = "bascule.relay.root-hash";
    static final String KEY_SET_FILE = "bascule.relay.key-set-file";
    static final String KEY_FILE = "bascule.relay.key-file";
    static final String PUBLIC_URL = "bascule.relay.public-url";
    static final String NATIVE_URL = "bascule.relay.native-url";
    static final String NAME = "bascule.relay.name";
    static final String REGION = "bascule.relay.region";
    static final String TRUSTED_PROXIES = "bascule.relay.trusted-proxies";
    static final String APPLICATION_PROXIES = "bascule.trusted-proxies";
    static final String MAX_UNPROVED = "bascule.relay.max-unproved";
    static final String MAX_UNPROVED_PER_ADDRESS = "bascule.relay.max-unproved-per-address";
    static final String MAX_UNOPENED = "bascule.relay.max-unopened";
    static final String MAX_UNOPENED_PER_NETWORK = "bascule.relay.max-unopened-per-network";
    static final String MAX_PAIRS = "bascule.relay.max-pairs";
    static final String MAX_QUEUED = "bascule.relay.max-queued";
    static final String STALLED_SECONDS = "bascule.relay.stalled-seconds";
    static final String TOKEN_SECONDS = "bascule.relay.token-seconds";
    static final String PEER_SECONDS = "bascule.relay.peer-seconds";

    /** Which relay this is, and whose. */
    record Identity(String id, URI access, Optional<Path> accessCa, byte[] rootHash) {

        Identity {
            if (id.length() > 64) {
                throw new IllegalArgumentException(ID + " has at most 64 characters");
            }
            if (!"http".equals(access.getScheme()) && !"https".equals(access.getScheme())) {
                throw new IllegalArgumentException(ACCESS_URL + " is an http or https URL");
            }
            rootHash = rootHash.clone();
        }

        @Override
        public byte[] rootHash() {
            return rootHash.clone();
        }
    }

    /** What it tells the access server of itself, and by which key. */
    record OwnRegistration(Path keyFile, RelayDescription relay) {}

    /** @throws IllegalArgumentException naming the setting that is wrong or missing */
    static RelaySettings from(Config config) {
        LobbyLimits defaults = LobbyLimits.DEFAULT;
        FlowLimits flow = defaults.flow();
        long heap = Runtime.getRuntime().maxMemory();
        return new RelaySettings(
                text(config, ID).map(id -> identity(config, id)),
                text(config, KEY_SET_FILE).map(Path::of),
                registration(config),
                TrustedProxies.parse(config.getOptionalValues(TRUSTED_PROXIES, String.class)
                        .or(() -> config.getOptionalValues(APPLICATION_PROXIES, String.class))
                        .orElse(List.of())),
                new LobbyLimits(
                        seconds(config, TOKEN_SECONDS, defaults.tokenWithin()),
                        seconds(config, PEER_SECONDS, defaults.peerWithin()),
                        number(config, MAX_UNPROVED, defaults.maxUnproved()),
                        number(config, MAX_UNPROVED_PER_ADDRESS, defaults.maxUnprovedPerAddress()),
                        number(config, MAX_PAIRS, LobbyLimits.meetings(heap)),
                        new FlowLimits(
                                flow.pausedAbove(),
                                flow.neverAbove(),
                                seconds(config, STALLED_SECONDS, flow.stalledFor()),
                                flow.silentFor())),
                config.getOptionalValue(MAX_QUEUED, Long.class).orElse(heap / 16),
                unopened(config, MAX_UNOPENED, Openings.MOST),
                unopened(config, MAX_UNOPENED_PER_NETWORK, Openings.MOST_OF_NETWORK));
    }

    private static Identity identity(Config config, String id) {
        return new Identity(
                id,
                URI.create(required(config, ACCESS_URL)),
                text(config, ACCESS_CA).map(Path::of),
                hash(required(config, ROOT_HASH)));
    }

    private static Optional<OwnRegistration> registration(Config config) {
        Optional<String> id = text(config, ID);
        Optional<String> file = text(config, KEY_FILE);
        Optional<String> url = text(config, PUBLIC_URL);
        if (id.isEmpty() || file.isEmpty() || url.isEmpty()) {
            return Optional.empty();
        }
        String version = RelayDescription.class.getPackage().getImplementationVersion();
        return Optional.of(new OwnRegistration(
                Path.of(file.get()),
                new RelayDescription(
                        id.get(),
                        text(config, NAME).orElse(id.get()),
                        text(config, REGION).orElse(""),
                        url.get(),
                        text(config, NATIVE_URL).orElse(url.get()),
                        version == null ? "" : version)));
    }

    private static Optional<String> text(Config config, String name) {
        return config.getOptionalValue(name, String.class).map(String::strip).filter(value -> !value.isEmpty());
    }

    private static String required(Config config, String name) {
        return text(config, name).orElseThrow(() -> new IllegalArgumentException(name + " is not set"));
    }

    private static int number(Config config, String name, int otherwise) {
        return config.getOptionalValue(name, Integer.class).orElse(otherwise);
    }

    private static int unopened(Config config, String name, int otherwise) {
        return Openings.number(name, config.getOptionalValue(name, Integer.class), otherwise);
    }

    private static Duration seconds(Config config, String name, Duration otherwise) {
        return config.getOptionalValue(name, Long.class)
                .map(Duration::ofSeconds)
                .orElse(otherwise);
    }

    private static byte[] hash(String text) {
        try {
            return B64.decode(text, Sha256.LENGTH);
        } catch (WireException e) {
            throw new IllegalArgumentException(ROOT_HASH + " is not the base64url of 32 bytes", e);
        }
    }
}
