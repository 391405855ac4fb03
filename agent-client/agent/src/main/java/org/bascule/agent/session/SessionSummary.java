package org.bascule.agent.session;

import jakarta.json.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import org.bascule.wire.Json;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * A session for whoever is at the device.
 *
 * @param user id
 * @param name of the user, as the access server vouches for it; hostile text all the same
 * @param from address of the user, as the access server saw it
 * @param account of this device
 * @param since when it was answered
 * @param tools operations that it may still use
 * @param started whether the client has come
 */
public record SessionSummary(
        SessionId sid,
        String user,
        String name,
        String from,
        String account,
        Instant since,
        List<String> tools,
        boolean started) {

    private static final int MAX_TEXT = 1_000;

    public SessionSummary {
        tools = List.copyOf(tools);
    }

    public JsonObject toJson() {
        return Json.createObjectBuilder()
                .add("sid", sid.hex())
                .add("user", user)
                .add("name", name)
                .add("from", from)
                .add("account", account)
                .add("since", since.toString())
                .add("tools", Json.createArrayBuilder(tools))
                .add("started", started)
                .build();
    }

    public static SessionSummary parse(StrictJson json) throws WireException {
        try {
            return new SessionSummary(
                    SessionId.parse(json.string("sid", 32)),
                    json.text("user", MAX_TEXT),
                    json.text("name", MAX_TEXT),
                    json.text("from", MAX_TEXT),
                    json.text("account", MAX_TEXT),
                    Instant.parse(json.string("since", 40)),
                    json.strings("tools", 1_000, MAX_TEXT),
                    json.optionalFlag("started"));
        } catch (DateTimeException e) {
            throw new WireException(WireException.Reason.MALFORMED, "not a time", e);
        }
    }
}
