package org.bascule.session.service;

import jakarta.json.JsonObject;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.TcpTarget;
import org.bascule.wire.WireException;

/**
 * Arguments of {@code tcp} ({@code docs/protocol/forward.md}): {@code {"host":"192.168.1.7","port":443}}, and its events.
 *
 * @param host an address, a name that the device resolves, or {@code localhost} for the device itself; 1 to 253 characters of {@code A-Z a-z 0-9 . _ : -}
 * @param port 1 to 65,535
 */
public record TcpRequest(String host, int port) {

    public static final String DEVICE = "localhost";
    public static final int MAX_HOST = 253;

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:-]{1,253}");

    public TcpRequest {
        if (!HOST.matcher(host).matches()) {
            throw new IllegalArgumentException("a host is 1 to 253 of A-Z a-z 0-9 . _ : -");
        }
        if (port < 1 || port > TcpTarget.MAX_PORT) {
            throw new IllegalArgumentException("a port is 1 to 65535");
        }
    }

    public JsonObject toJson() {
        return Json.createObjectBuilder().add("host", host).add("port", port).build();
    }

    public static TcpRequest parse(JsonObject arguments) throws WireException {
        StrictJson json = StrictJson.of(arguments);
        try {
            return new TcpRequest(json.string("host", MAX_HOST), (int) json.number("port", 1, TcpTarget.MAX_PORT));
        } catch (IllegalArgumentException e) {
            throw new WireException(WireException.Reason.MALFORMED, String.valueOf(e.getMessage()), e);
        }
    }

    /** Such as {@code plc-1:443} or {@code [fe80::7]:443}. */
    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** {@code {"connected":{"address":"192.168.1.7"}}}: the connection stands. */
    public static JsonObject connectedEvent(String address) {
        return Json.createObjectBuilder()
                .add("connected", Json.createObjectBuilder().add("address", address))
                .build();
    }

    /** The address that the device is connected to; empty if it is another event. */
    public static Optional<String> parseConnectedEvent(JsonObject event) throws WireException {
        Optional<StrictJson> connected = StrictJson.of(event).optionalChild("connected");
        return connected.isEmpty()
                ? Optional.empty()
                : Optional.of(connected.get().string("address", 64));
    }
}
