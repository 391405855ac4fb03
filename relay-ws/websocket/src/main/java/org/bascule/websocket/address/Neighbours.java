package org.bascule.websocket.address;

import java.net.InetAddress;
import java.util.HexFormat;

/** The part of an address by which a limit tells somebody from others: whoever has one IPv6 address has the 2^64 beside it, and many a customer 2^16 times as many. */
public final class Neighbours {

    private static final String UNKNOWN = "unknown";
    private static final int WHOLE = 32;
    private static final int NETWORK = 24;
    private static final int IPV6_WHOLE = 64;
    private static final int IPV6_NETWORK = 48;
    private static final int IPV4_BYTES = 4;

    private Neighbours() {}

    /** All of an IPv4 address, the first 64 bits of an IPv6 address. What is no address at all is one. */
    public static String of(String address) {
        return Literal.parse(address)
                .map(parsed -> prefix(parsed, WHOLE, IPV6_WHOLE))
                .orElse(UNKNOWN);
    }

    /** What one site or customer usually gets at most: the first 24 bits of an IPv4 address, the first 48 of an IPv6 address. */
    public static String network(InetAddress address) {
        return prefix(address, NETWORK, IPV6_NETWORK);
    }

    /** The same of an address that is written down. What is no address at all is one. */
    public static String network(String address) {
        return Literal.parse(address).map(Neighbours::network).orElse(UNKNOWN);
    }

    private static String prefix(InetAddress address, int ipv4, int ipv6) {
        byte[] bytes = address.getAddress();
        int bits = bytes.length == IPV4_BYTES ? ipv4 : ipv6;
        return HexFormat.of().formatHex(bytes, 0, bits / Byte.SIZE);
    }
}
