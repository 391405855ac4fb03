package org.bascule.websocket.address;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Tells the address of a client from that of a proxy in front of this server.
 *
 * <p>Guarantee: {@code X-Forwarded-For} counts only as far as trusted proxies wrote it; a client cannot choose the address that limits and
 * the audit log see. No name is ever resolved.
 */
public final class TrustedProxies {

    private static final int MAX_HOPS = 16;
    private static final String HEADER = "X-Forwarded-For";

    private record Network(byte[] address, int bits) {

        boolean contains(byte[] other) {
            if (other.length != address.length) {
                return false;
            }
            int whole = bits / 8;
            int rest = bits % 8;
            if (!Arrays.equals(other, 0, whole, address, 0, whole)) {
                return false;
            }
            int mask = 0xFF << (8 - rest);
            return rest == 0 || (other[whole] & mask) == (address[whole] & mask);
        }
    }

    private final List<Network> networks;

    private TrustedProxies(List<Network> networks) {
        this.networks = List.copyOf(networks);
    }

    public static TrustedProxies none() {
        return new TrustedProxies(List.of());
    }

    /**
     * Reads addresses and networks.
     *
     * @param entries for example {@code 10.0.0.7} or {@code 10.1.0.0/16}
     * @throws IllegalArgumentException naming the entry that is neither
     */
    public static TrustedProxies parse(List<String> entries) {
        List<Network> networks = new ArrayList<>();
        for (String entry : entries) {
            networks.add(network(entry.strip()));
        }
        return new TrustedProxies(networks);
    }

    private static Network network(String entry) {
        int slash = entry.indexOf('/');
        byte[] address = bytes(slash < 0 ? entry : entry.substring(0, slash))
                .orElseThrow(() -> new IllegalArgumentException("not an address or network: " + entry));
        int bits = slash < 0 ? address.length * 8 : Integer.parseInt(entry.substring(slash + 1));
        if (bits < 0 || bits > address.length * 8) {
            throw new IllegalArgumentException("not an address or network: " + entry);
        }
        return new Network(address, bits);
    }

    /**
     * The address of the client of a request. A proxy may add a line of the header instead of going on in the last one: all lines together are one list
     * (RFC 9110, 5.3).
     */
    public String client(HttpServletRequest request) {
        return client(request.getRemoteAddr(), Collections.list(request.getHeaders(HEADER)));
    }

    /**
     * The address of the client.
     *
     * @param peer the other end of the connection
     * @param forwardedFor lines of {@code X-Forwarded-For} in their order, hostile unless the peer is trusted
     */
    String client(String peer, List<String> forwardedFor) {
        String client = text(peer).orElse("unknown");
        if (forwardedFor.isEmpty() || networks.isEmpty()) {
            return client;
        }
        String[] hops = String.join(",", forwardedFor).split(",", -1);
        for (int i = hops.length - 1; i >= Math.max(0, hops.length - MAX_HOPS) && trusted(client); i--) {
            Optional<String> hop = text(hops[i].strip());
            if (hop.isEmpty()) {
                break;
            }
            client = hop.get();
        }
        return client;
    }

    /** Whether it is one of them. */
    public boolean contains(InetAddress address) {
        return networks.stream().anyMatch(network -> network.contains(address.getAddress()));
    }

    private boolean trusted(String address) {
        return Literal.parse(address).filter(this::contains).isPresent();
    }

    private static Optional<String> text(String literal) {
        return Literal.parse(literal).map(AddressText::of);
    }

    private static Optional<byte[]> bytes(String literal) {
        return Literal.parse(literal).map(InetAddress::getAddress);
    }
}
