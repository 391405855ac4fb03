package org.bascule.wire.session;

import jakarta.json.JsonObjectBuilder;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.relay.RelayLimits;
import org.bascule.wire.ticket.Ticket;

/**
 * Answer to {@link HandshakeRequest}: the device's half, the ticket whose hash it carries, and admission to a relay.
 *
 * @param reserve for going on when that relay is lost; empty from a server that does not offer it
 * @param way as both ends measured it to that relay; {@link RelayWay#UNKNOWN} from a server that does not say it
 */
public record HandshakeAnswer(
        byte[] m2,
        String ticket,
        RelayAddress relay,
        String token,
        Instant sessionExpires,
        List<ReserveRelay> reserve,
        RelayWay way) {

    /** Bytes of a handshake message. */
    public static final int MAX_M2 = 4_096;

    public HandshakeAnswer {
        reserve = List.copyOf(reserve);
    }

    /** Without anything in reserve. */
    public HandshakeAnswer(byte[] m2, String ticket, RelayAddress relay, String token, Instant sessionExpires) {
        this(m2, ticket, relay, token, sessionExpires, List.of(), RelayWay.UNKNOWN);
    }

    public String toJson() {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("m2", B64.encode(m2))
                .add("ticket", ticket)
                .add("relay", relay.toJson())
                .add("token", token)
                .add("reserve", ReserveRelay.toJson(reserve))
                .add("sessionExp", sessionExpires.toString());
        if (!way.equals(RelayWay.UNKNOWN)) {
            json.add("way", way.toJson());
        }
        return json.build().toString();
    }

    public static HandshakeAnswer parse(String text) throws WireException {
        StrictJson json = StrictJson.parse(text, SessionOpened.MAX_LENGTH);
        try {
            return new HandshakeAnswer(
                    json.bytesUpTo("m2", MAX_M2),
                    json.string("ticket", Ticket.MAX_LENGTH),
                    RelayAddress.parse(json.child("relay")),
                    json.string("token", RelayLimits.MAX_TOKEN),
                    Instant.parse(json.string("sessionExp", 40)),
                    ReserveRelay.read(json),
                    RelayWay.read(json));
        } catch (DateTimeException e) {
            throw new WireException(WireException.Reason.MALFORMED, "not a time", e);
        }
    }
}
