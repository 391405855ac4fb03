package org.bascule.wire;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where forwarded connections may lead, as an operation says it ({@code docs/protocol/forward.md}): {@code tcp:device}, {@code tcp:device:22}, {@code tcp:192.168.1.7},
 * {@code tcp:192.168.1.7:443}, {@code tcp:[fe80:0:0:0:0:0:0:7]:443}. There is one text for each target, so that lists of operations can be compared as text.
 * {@code vnc:device:5900} is the same for a VNC server that the desktop shows ({@code docs/protocol/vnc.md}), always with a port.
 *
 * @param address of something behind the device; empty for the device itself
 * @param port 1 to 65,535; empty for every port
 */
public record TcpTarget(Optional<InetAddress> address, OptionalInt port) {

    /** What stands for all of them in the owner's policy. */
    public static final String ANY = "tcp";

    public static final int MAX_PORT = 65_535;

    /** What stands for all VNC servers in the owner's policy. */
    public static final String ANY_VNC = "vnc";

    private static final String PREFIX = ANY + ":";
    private static final String VNC_PREFIX = ANY_VNC + ":";
    private static final String DEVICE = "device";
    private static final Pattern IPV4 = Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*");
    private static final Pattern FORM =
            Pattern.compile("(device|[0-9.]{7,15}|\\[[0-9a-f:]{2,39}\\])(?::([1-9][0-9]{0,4}))?");

    public TcpTarget {
        if (port.isPresent() && (port.getAsInt() < 1 || port.getAsInt() > MAX_PORT)) {
            throw new IllegalArgumentException("a port is 1 to " + MAX_PORT);
        }
    }

    public static TcpTarget device(OptionalInt port) {
        return new TcpTarget(Optional.empty(), port);
    }

    public static TcpTarget of(InetAddress address, OptionalInt port) {
        return new TcpTarget(Optional.of(withoutScope(address)), port);
    }

    /** Whether an operation is one of these, well formed or not. */
    public static boolean isOne(String operation) {
        return operation.startsWith(PREFIX);
    }

    /** Reads an operation; empty if it is another one, or another text for a target than {@link #operation}. */
    public static Optional<TcpTarget> parse(String operation) {
        return isOne(operation)
                ? parsePlain(operation.substring(PREFIX.length()))
                        .filter(target -> target.operation().equals(operation))
                : Optional.empty();
    }

    /** Whether an operation leads to a VNC server, well formed or not. */
    public static boolean isVnc(String operation) {
        return operation.startsWith(VNC_PREFIX);
    }

    /** Reads the operation of a VNC server; empty if it is another one, or another text than {@link #vncOperation}. */
    public static Optional<TcpTarget> parseVnc(String operation) {
        return isVnc(operation)
                ? parsePlain(operation.substring(VNC_PREFIX.length()))
                        .filter(target -> target.port().isPresent()
                                && target.vncOperation().equals(operation))
                : Optional.empty();
    }

    /** The same without what stands in front, and in any text for an address. */
    public static Optional<TcpTarget> parsePlain(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        OptionalInt port =
                form.group(2) == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(form.group(2)));
        if (port.orElse(1) > MAX_PORT) {
            return Optional.empty();
        }
        String host = form.group(1);
        if (host.equals(DEVICE)) {
            return Optional.of(device(port));
        }
        boolean bracketed = host.startsWith("[");
        return literal(bracketed ? host.substring(1, host.length() - 1) : host)
                .filter(address -> address instanceof Inet6Address == bracketed)
                .map(address -> of(address, port));
    }

    /** An address that is written down, without asking anybody for a name; IPv4 in IPv6 is IPv4. Empty for anything else. */
    public static Optional<InetAddress> literal(String text) {
        if (text.length() > 45
                || !(IPV4.matcher(text).matches() || IPV6.matcher(text).matches())) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(text));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** A link-local address of a particular interface is the same one. */
    private static InetAddress withoutScope(InetAddress address) {
        try {
            return address instanceof Inet6Address ? InetAddress.getByAddress(address.getAddress()) : address;
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    /** Whether it leads to this port of this address; never so for the device itself. */
    public boolean covers(InetAddress other, int otherPort) {
        return address.isPresent() && address.get().equals(withoutScope(other)) && coversPort(otherPort);
    }

    public boolean coversPort(int other) {
        return port.isEmpty() || port.getAsInt() == other;
    }

    public boolean isDevice() {
        return address.isEmpty();
    }

    /** {@code tcp-device}, {@code tcp-device-port}, {@code tcp} or {@code tcp-port}: which words say it. */
    public String kind() {
        return (isDevice() ? "tcp-device" : "tcp") + (port.isPresent() ? "-port" : "");
    }

    /** Empty for every port. */
    public String portText() {
        return port.isPresent() ? Integer.toString(port.getAsInt()) : "";
    }

    public String operation() {
        return PREFIX + plain();
    }

    /** Of a VNC server there; only with a port. */
    public String vncOperation() {
        return VNC_PREFIX + plain();
    }

    /** Such as {@code device:22}: without what stands in front. */
    public String plain() {
        return host() + (port.isPresent() ? ":" + port.getAsInt() : "");
    }

    /** {@code device}, or the address, in brackets if it is IPv6. */
    public String host() {
        return address.map(there ->
                        there instanceof Inet6Address ? "[" + there.getHostAddress() + "]" : there.getHostAddress())
                .orElse(DEVICE);
    }
}
