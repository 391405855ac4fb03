package org.bascule.domain.guard;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of an address by which somebody is told from others: all of an IPv4 address, the first 64 bits of an IPv6 address, because whoever has one address has
 * the 2^64 beside it. An IPv4 address that is written as an IPv6 one is an IPv4 address.
 *
 * @param text such as {@code 203.0.113.7/32}
 * @param wide of an IPv6 network the 48 bits that one site or customer usually gets, 65,536 networks, such as {@code 2001:db8:1::/48}
 */
public record Network(String text, @Nullable String wide) {

    /** What is no address at all is one, so that nobody gets around the limit by being unknown. */
    private static final Network UNKNOWN = new Network("unknown", null);

    private static final Pattern LITERAL = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|(?=.*:)[0-9a-fA-F:.]{2,45}");
    private static final int NARROW = 64;
    private static final int WIDE = 48;

    public static Network of(String address) {
        return parse(address).orElse(UNKNOWN);
    }

    /** Empty for what is no address; no name is ever resolved. */
    static Optional<Network> parse(String text) {
        int zone = text.indexOf('%');
        String literal = zone < 0 ? text : text.substring(0, zone);
        if (!LITERAL.matcher(literal).matches()) {
            return Optional.empty();
        }
        try {
            InetAddress address = InetAddress.getByName(literal.indexOf(':') >= 0 ? "[" + literal + "]" : literal);
            byte[] bytes = address.getAddress();
            return Optional.of(
                    address instanceof Inet4Address
                            ? new Network(address.getHostAddress() + "/32", null)
                            : new Network(prefix(bytes, NARROW), prefix(bytes, WIDE)));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** The first bits in the text of RFC 5952: at most four groups of the eight are not zero, so what is left out is at the end. */
    private static String prefix(byte[] bytes, int bits) {
        int groups = bits / 16;
        int last = groups;
        while (last > 0 && group(bytes, last - 1) == 0) {
            last--;
        }
        StringJoiner text = new StringJoiner(":", "", "::/" + bits);
        for (int i = 0; i < last; i++) {
            text.add(Integer.toHexString(group(bytes, i)).toLowerCase(Locale.ROOT));
        }
        return text.toString();
    }

    private static int group(byte[] bytes, int index) {
        return ((bytes[2 * index] & 0xFF) << 8) | (bytes[2 * index + 1] & 0xFF);
    }

    /** What one site or customer usually gets at most: of IPv4 the first 24 bits, of IPv6 48. */
    public String site() {
        int last = text.lastIndexOf('.');
        if (wide != null) {
            return wide;
        }
        return last < 0 ? text : text.substring(0, last) + ".0/24";
    }

    /** What counters there are, the wider first: whoever locks them does it in this order. */
    List<String> counters() {
        return wide == null ? List.of(text) : Arrays.asList(wide, text);
    }

    static boolean isWide(String counter) {
        return counter.endsWith("/" + WIDE);
    }
}
