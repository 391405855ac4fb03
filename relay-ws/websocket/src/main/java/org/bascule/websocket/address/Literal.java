package org.bascule.websocket.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/** An address that is written down. */
final class Literal {

    /** What is none in the eyes of {@link InetAddress} is a name for it, and asked for. */
    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

    private static final Pattern ADDRESS = Pattern.compile(OCTET + "(\\." + OCTET + "){3}|(?=.*:)[0-9a-fA-F:.]{2,45}");

    private Literal() {}

    /** Empty for what is no address; no name is ever resolved. An IPv4 address that is written as an IPv6 one is an IPv4 address; a zone does not count. */
    static Optional<InetAddress> parse(String text) {
        int zone = text.indexOf('%');
        String address = zone < 0 ? text : text.substring(0, zone);
        if (!ADDRESS.matcher(address).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(address.indexOf(':') >= 0 ? "[" + address + "]" : address));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }
}
