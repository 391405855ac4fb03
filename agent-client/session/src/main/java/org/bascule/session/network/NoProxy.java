package org.bascule.session.network;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What {@code NO_PROXY} lists: {@code *}, names, which stand for what is below them as well, addresses, and networks ({@code 10.0.0.0/8}, {@code fd00::/8}); all but networks with a port at will
 * ({@code name:443}, {@code [fd00::1]:443}). A network is for hosts that are named by their address: names are not looked up, since the proxy may know others. Immutable.
 */
final class NoProxy {

    /** One entry; port 0 stands for all. */
    private record Entry(Predicate<Host> matches, int port) {}

    /** A host as it is asked for: its name in lower case, and its address if that is what it is named by. */
    private record Host(String name, @Nullable InetAddress address) {}

    static final NoProxy NOTHING = new NoProxy(List.of());

    private final List<Entry> entries;

    private NoProxy(List<Entry> entries) {
        this.entries = entries;
    }

    /** @param text separated by commas or blanks; an entry that is none of these forms matches nothing */
    static NoProxy parse(String text) {
        return new NoProxy(Arrays.stream(text.strip().split("[,\\s]+"))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> entry(entry.toLowerCase(Locale.ROOT)))
                .toList());
    }

    private static Entry entry(String text) {
        int slash = text.indexOf('/');
        if (slash >= 0) {
            return new Entry(network(address(text.substring(0, slash)), text.substring(slash + 1)), 0);
        }
        // an IPv6 address has its colons, and its port outside of brackets
        int colon = text.lastIndexOf(':');
        boolean withPort = colon > 0 && (text.indexOf(':') == colon || text.charAt(colon - 1) == ']');
        String host = withPort ? text.substring(0, colon) : text;
        int port = withPort ? number(text.substring(colon + 1), 65_535) : 0;
        return port < 0 ? new Entry(any -> false, 0) : new Entry(host(host), port);
    }

    private static Predicate<Host> host(String text) {
        InetAddress address = address(text);
        if (address != null) {
            return host -> address.equals(host.address());
        }
        if (text.equals("*")) {
            return host -> true;
        }
        String name = text.startsWith("*.") ? text.substring(2) : text.startsWith(".") ? text.substring(1) : text;
        return host -> host.name().equals(name) || host.name().endsWith("." + name);
    }

    private static Predicate<Host> network(@Nullable InetAddress base, String length) {
        byte[] prefix = base == null ? new byte[0] : base.getAddress();
        int bits = number(length, prefix.length * 8);
        return host -> {
            InetAddress address = host.address();
            return address != null && bits >= 0 && begins(address.getAddress(), prefix, bits);
        };
    }

    private static boolean begins(byte[] address, byte[] prefix, int bits) {
        if (address.length != prefix.length) {
            return false;
        }
        for (int i = 0; i < bits; i++) {
            if (((address[i / 8] ^ prefix[i / 8]) << i % 8 & 0x80) != 0) {
                return false;
            }
        }
        return true;
    }

    /** The address that a text is, IPv6 with brackets or without. Nothing is looked up. */
    static @Nullable InetAddress address(String text) {
        boolean brackets = text.startsWith("[") && text.endsWith("]");
        String bare = brackets ? text.substring(1, text.length() - 1) : text;
        if (!bare.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}") && !bare.matches("[0-9a-f:.]*:[0-9a-f:.]*(%.*)?")) {
            return null;
        }
        try {
            return InetAddress.getByName(bare);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    /** From 0; -1 if it is none, or too large. */
    private static int number(String text, int most) {
        int value = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : -1;
        return value <= most ? value : -1;
    }

    boolean matches(String host, int port) {
        String name = host.toLowerCase(Locale.ROOT);
        Host asked = new Host(name, address(name));
        return entries.stream()
                .anyMatch(entry -> (entry.port() == 0 || entry.port() == port)
                        && entry.matches().test(asked));
    }
}
