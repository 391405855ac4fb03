package org.bascule.session.probe;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.stream.Collectors;

/** Where this machine is in the network: when that changes, its round trips are others. */
public final class LocalAddresses {

    private LocalAddresses() {}

    /** The addresses of all interfaces that lead outside, sorted, separated by blanks; empty if they cannot be read. Asks nobody else. */
    public static String text() {
        try {
            return NetworkInterface.networkInterfaces()
                    .filter(LocalAddresses::isUp)
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                    .map(LocalAddresses::text)
                    .distinct()
                    .sorted()
                    .collect(Collectors.joining(" "));
        } catch (SocketException e) {
            return "";
        }
    }

    private static boolean isUp(NetworkInterface candidate) {
        try {
            return candidate.isUp() && !candidate.isLoopback();
        } catch (SocketException e) {
            return false;
        }
    }

    /** Without the interface, whose number changes. */
    private static String text(InetAddress address) {
        String text = address.getHostAddress();
        int scope = address instanceof Inet6Address ? text.indexOf('%') : -1;
        return scope < 0 ? text : text.substring(0, scope);
    }
}
