package org.bascule.agent.state;

import jakarta.json.JsonArrayBuilder;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.Sha256;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * What the device became by enrolment. Public data; the file's presence makes a folder enrolled.
 *
 * @param servers base URLs of access servers, tried in turn; {@code https} without a trailing slash
 * @param chain base64url DER, device and domain CA
 * @param rootHash SHA-256 of the installation root, pinned for good
 */
public record Registration(
        List<String> servers,
        String uid,
        String name,
        String domain,
        String domainName,
        String issuer,
        List<String> chain,
        byte[] rootHash) {

    private static final int MAX_CHARS = 65_536;

    public Registration {
        servers = List.copyOf(servers);
        chain = List.copyOf(chain);
        if (servers.isEmpty()) {
            throw new IllegalArgumentException("a device belongs to a server");
        }
        if (rootHash.length != Sha256.LENGTH) {
            throw new IllegalArgumentException("the root hash has 32 bytes");
        }
        rootHash = rootHash.clone();
    }

    @Override
    public byte[] rootHash() {
        return rootHash.clone();
    }

    /** The same device with another certificate. */
    public Registration withChain(List<String> newer) {
        return new Registration(servers, uid, name, domain, domainName, issuer, newer, rootHash);
    }

    /** Accepts {@code https://host[:port][/path]} alone; gives it without a trailing slash. */
    public static String checkServer(String url) throws StateException {
        String text = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        try {
            URI uri = new URI(text);
            if ("https".equalsIgnoreCase(uri.getScheme())
                    && uri.getHost() != null
                    && uri.getUserInfo() == null
                    && uri.getQuery() == null
                    && uri.getFragment() == null
                    && text.length() <= 300) {
                return text;
            }
        } catch (URISyntaxException e) {
            // worded below
        }
        throw new StateException("The server must be given as https://HOST[:PORT].");
    }

    /** Host and port as dialled, lower case, for the mutual proof. */
    public static String authority(URI server) {
        String authority = server.getRawAuthority();
        return (authority == null ? "" : authority).toLowerCase(Locale.ROOT);
    }

    public String toJson() {
        return Json.createObjectBuilder()
                .add("servers", array(servers))
                .add("uid", uid)
                .add("name", name)
                .add("domain", domain)
                .add("domainName", domainName)
                .add("issuer", issuer)
                .add("chain", array(chain))
                .add("rootHash", B64.encode(rootHash))
                .build()
                .toString();
    }

    private static JsonArrayBuilder array(List<String> values) {
        JsonArrayBuilder array = Json.createArrayBuilder();
        values.forEach(array::add);
        return array;
    }

    static Registration parse(String text) throws WireException {
        StrictJson json = StrictJson.parse(text, MAX_CHARS);
        try {
            return new Registration(
                    json.strings("servers", 16, 300),
                    json.string("uid", 36),
                    json.string("name", 200),
                    json.string("domain", 36),
                    json.string("domainName", 200),
                    json.string("issuer", 300),
                    json.strings("chain", 4, 8_192),
                    json.bytes("rootHash", Sha256.LENGTH));
        } catch (IllegalArgumentException e) {
            throw new WireException(WireException.Reason.MALFORMED, String.valueOf(e.getMessage()), e);
        }
    }
}
