package org.bascule.agent.forward;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.DeviceProblem.Code;
import org.bascule.session.service.TcpRequest;
import org.bascule.wire.TcpTarget;

/** Finds addresses, with the names that this machine knows. */
@FunctionalInterface
interface Names {

    /** So many are tried. */
    int MAX_ADDRESSES = 8;

    /** Asks; may block for long. */
    InetAddress[] resolve(String name) throws UnknownHostException;

    Names OF_SYSTEM = InetAddress::getAllByName;

    /** What is to be tried, in this order. {@code localhost} and what is below it is loopback, whatever anybody says about it (RFC 6761). */
    default List<InetAddress> addresses(String host) throws DeviceProblem {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.equals(TcpRequest.DEVICE) || name.endsWith("." + TcpRequest.DEVICE)) {
            return List.of(literal("127.0.0.1"), literal("0:0:0:0:0:0:0:1"));
        }
        Optional<InetAddress> written = TcpTarget.literal(name);
        if (written.isPresent()) {
            return List.of(written.get());
        }
        // what looks like a number is no name: inet_aton would make an address of it
        if (name.matches("[0-9.]*|.*:.*|0x.*")) {
            throw unknown(host);
        }
        try {
            return Arrays.stream(resolve(name)).distinct().limit(MAX_ADDRESSES).toList();
        } catch (UnknownHostException e) {
            throw unknown(host);
        }
    }

    private static DeviceProblem unknown(String host) {
        return new DeviceProblem(Code.NAME_UNKNOWN, "The device does not know the name " + host + ".");
    }

    private static InetAddress literal(String text) {
        return TcpTarget.literal(text).orElseThrow();
    }
}
