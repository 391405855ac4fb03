package org.bascule.session.service;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Optional;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * The VNC server whose screen is wanted ({@code docs/protocol/vnc.md}): {@code {"host":"192.168.1.7","port":5900,"password":"…"}}.
 *
 * @param password if it is known already; the device asks for it where the server does. VNC takes 8 bytes of it
 */
public record VncRequest(TcpRequest target, Optional<String> password) {

    public static final int MAX_PASSWORD = 256;

    JsonObject toJson() {
        JsonObjectBuilder json = Json.createObjectBuilder(target.toJson());
        password.ifPresent(text -> json.add("password", text));
        return json.build();
    }

    static VncRequest parse(StrictJson json) throws WireException {
        return new VncRequest(TcpRequest.parse(json.object()), json.optionalString("password", MAX_PASSWORD));
    }

    @Override
    public String toString() {
        return "VncRequest[" + target + ", REDACTED]";
    }
}
