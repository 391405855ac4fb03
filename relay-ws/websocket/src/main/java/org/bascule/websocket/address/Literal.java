package org.bascule.websocket.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/** An address that is written down. */
final class Literal {

    private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|(?=.*:)[0-9a-fA-F:.]{2,45}");

    private Literal() {}

    /** Empty for what is no address. An IPv4 address that is written as an IPv6 one is an IPv4 address; a zone does not count. */
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
