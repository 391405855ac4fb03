package org.bascule.wire.control;

import jakarta.json.JsonObjectBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RelayProofPublicKey;
import org.bascule.wire.log.LogProofs;
import org.bascule.wire.log.TreeHead;
import org.bascule.wire.session.HandshakeAnswer;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.RelayAddress;
import org.bascule.wire.session.ReserveRelay;
import org.bascule.wire.ticket.Ticket;

/** What is said about sessions, from the offer to the end. */
public sealed interface SessionMessage extends ControlMessage {

    /**
     * Server: somebody wants a session.
     *
     * @param relay where the session will probably be relayed: worth connecting to while the answer is made
     * @param log between the tree head in m1 and the one that the agent has seen, in whatever order; empty where there is nothing to prove, or it cannot be
     */
    record SessionOffer(
            SessionId sid,
            byte[] m1,
            String ticket,
            String address,
            Optional<RelayAddress> relay,
            Optional<LogProofs.Growth> log)
            implements SessionMessage {
        static final String TYPE = "session.offer";

        public SessionOffer(SessionId sid, byte[] m1, String ticket, String address) {
            this(sid, m1, ticket, address, Optional.empty(), Optional.empty());
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("sid", sid.hex())
                    .add("m1", B64.encode(m1))
                    .add("ticket", ticket)
                    .add("address", address);
            relay.ifPresent(value -> json.add("relay", value.toJson()));
            log.ifPresent(value -> json.add("log", value.toJson()));
        }

        static SessionOffer read(StrictJson json) throws WireException {
            Optional<StrictJson> relay = json.optionalChild("relay");
            Optional<StrictJson> log = json.optionalChild("log");
            return new SessionOffer(
                    ControlJson.sid(json),
                    json.bytesUpTo("m1", HandshakeRequest.MAX_M1),
                    json.string("ticket", Ticket.MAX_LENGTH),
                    json.text("address", 64),
                    relay.isPresent() ? Optional.of(RelayAddress.parse(relay.get())) : Optional.empty(),
                    log.isPresent() ? Optional.of(LogProofs.Growth.parse(log.get())) : Optional.empty());
        }
    }

    /**
     * Agent: its half of the handshake.
     *
     * @param rtts round trips to relays in milliseconds
     * @param log as in {@link Ready}
     */
    record SessionAnswer(SessionId sid, byte[] m2, RelayProofPublicKey relayKey, Map<String, Long> rtts, long log)
            implements SessionMessage {
        static final String TYPE = "session.answer";

        /** Of an agent that has seen no head. */
        public SessionAnswer(SessionId sid, byte[] m2, RelayProofPublicKey relayKey, Map<String, Long> rtts) {
            this(sid, m2, relayKey, rtts, 0);
        }

        public SessionAnswer {
            rtts = Map.copyOf(rtts);
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("sid", sid.hex())
                    .add("m2", B64.encode(m2))
                    .add("relayKey", B64.encode(relayKey.point()))
                    .add("rtts", RelayAddress.rttsToJson(rtts))
                    .add("log", log);
        }

        static SessionAnswer read(StrictJson json) throws WireException {
            return new SessionAnswer(
                    ControlJson.sid(json),
                    json.bytesUpTo("m2", HandshakeAnswer.MAX_M2),
                    RelayProofPublicKey.parse(json.bytes("relayKey", RelayProofPublicKey.LENGTH)),
                    RelayAddress.rttsFromJson(json),
                    json.optionalNumber("log", 0, TreeHead.MAX_SIZE).orElse(0L));
        }
    }

    /** Agent: it will not. */
    record SessionRefuse(SessionId sid, String code, String detail) implements SessionMessage {
        static final String TYPE = "session.refuse";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("sid", sid.hex()).add("code", code).add("detail", detail);
        }

        static SessionRefuse read(StrictJson json) throws WireException {
            return new SessionRefuse(ControlJson.sid(json), json.string("code", 64), json.text("detail", 500));
        }
    }

    /** Server: where the two ends meet. */
    record SessionRelay(SessionId sid, RelayAddress relay, String token, List<ReserveRelay> reserve)
            implements SessionMessage {
        static final String TYPE = "session.relay";

        public SessionRelay {
            reserve = List.copyOf(reserve);
        }

        /** Without anything in reserve. */
        public SessionRelay(SessionId sid, RelayAddress relay, String token) {
            this(sid, relay, token, List.of());
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("sid", sid.hex())
                    .add("relay", relay.toJson())
                    .add("token", token)
                    .add("reserve", ReserveRelay.toJson(reserve));
        }

        static SessionRelay read(StrictJson json) throws WireException {
            return new SessionRelay(
                    ControlJson.sid(json),
                    RelayAddress.parse(json.child("relay")),
                    json.string("token", 2_048),
                    ReserveRelay.read(json));
        }
    }

    /**
     * Agent: asks for new tokens in reserve.
     *
     * @param relayKey the key that they will be bound to
     * @param relays ids of those held, in order
     * @param struck ids of those that are not to be used
     */
    record SessionRelays(SessionId sid, RelayProofPublicKey relayKey, List<String> relays, List<String> struck)
            implements SessionMessage {
        static final String TYPE = "session.relays";

        public SessionRelays {
            relays = List.copyOf(relays);
            struck = List.copyOf(struck);
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("sid", sid.hex())
                    .add("relayKey", B64.encode(relayKey.point()))
                    .add("relays", Json.createArrayBuilder(relays))
                    .add("struck", Json.createArrayBuilder(struck));
        }

        static SessionRelays read(StrictJson json) throws WireException {
            return new SessionRelays(
                    ControlJson.sid(json),
                    RelayProofPublicKey.parse(json.bytes("relayKey", RelayProofPublicKey.LENGTH)),
                    ReserveRelay.ids(json, "relays"),
                    ReserveRelay.ids(json, "struck"));
        }
    }

    /** Server: new tokens in reserve. */
    record SessionReserve(SessionId sid, List<ReserveRelay> reserve) implements SessionMessage {
        static final String TYPE = "session.reserve";

        public SessionReserve {
            reserve = List.copyOf(reserve);
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("sid", sid.hex()).add("reserve", ReserveRelay.toJson(reserve));
        }

        static SessionReserve read(StrictJson json) throws WireException {
            return new SessionReserve(ControlJson.sid(json), ReserveRelay.read(json));
        }
    }

    /**
     * Server: the client has lost its transport.
     *
     * @param attempt of that transport
     * @param struck ids of relays that the client does not use
     */
    record SessionLost(SessionId sid, long attempt, List<String> struck) implements SessionMessage {
        static final String TYPE = "session.lost";

        public SessionLost {
            struck = List.copyOf(struck);
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("sid", sid.hex()).add("attempt", attempt).add("struck", Json.createArrayBuilder(struck));
        }

        static SessionLost read(StrictJson json) throws WireException {
            return new SessionLost(
                    ControlJson.sid(json), json.number("attempt", 0, 0xffff_ffffL), ReserveRelay.ids(json, "struck"));
        }
    }

    /** Server: a newer ticket. */
    record SessionUpdate(SessionId sid, String ticket) implements SessionMessage {
        static final String TYPE = "session.update";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("sid", sid.hex()).add("ticket", ticket);
        }

        static SessionUpdate read(StrictJson json) throws WireException {
            return new SessionUpdate(ControlJson.sid(json), json.string("ticket", Ticket.MAX_LENGTH));
        }
    }

    /** Server: end it. */
    record SessionEnd(SessionId sid, String reason) implements SessionMessage {
        static final String TYPE = "session.end";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("sid", sid.hex()).add("reason", reason);
        }

        static SessionEnd read(StrictJson json) throws WireException {
            return new SessionEnd(ControlJson.sid(json), json.string("reason", 200));
        }
    }

    /** Agent: it has ended. */
    record SessionEnded(SessionId sid, String reason, long bytesIn, long bytesOut, String address)
            implements SessionMessage {
        static final String TYPE = "session.ended";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("sid", sid.hex())
                    .add("reason", reason)
                    .add("bytesIn", bytesIn)
                    .add("bytesOut", bytesOut)
                    .add("address", address);
        }

        static SessionEnded read(StrictJson json) throws WireException {
            return new SessionEnded(
                    ControlJson.sid(json),
                    json.string("reason", 200),
                    json.number("bytesIn", 0, 1L << 53),
                    json.number("bytesOut", 0, 1L << 53),
                    json.text("address", 64));
        }
    }
}
