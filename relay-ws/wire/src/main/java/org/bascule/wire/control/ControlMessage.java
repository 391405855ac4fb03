package org.bascule.wire.control;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.enrol.HardwareId;
import org.bascule.wire.keys.RelayProofPublicKey;
import org.bascule.wire.log.LogProofs;
import org.bascule.wire.log.TreeHead;
import org.bascule.wire.registry.RelayList;
import org.bascule.wire.session.HandshakeAnswer;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.RelayAddress;
import org.bascule.wire.session.ReserveRelay;
import org.bascule.wire.ticket.Ticket;
import org.bascule.wire.trust.Endorsement;
import org.bascule.wire.trust.KeySet;

/** A message of the control channel ({@code docs/protocol/control.md}, "Channel"): a record for each type. */
public sealed interface ControlMessage {

    /** Characters of a message. */
    int MAX_LENGTH = 64 * 1_024;

    int MAX_EVENTS = 100;

    /** The {@code type} member. */
    String type();

    /** Adds the members beside the type. */
    void write(JsonObjectBuilder json);

    default String toJson() {
        JsonObjectBuilder json = Json.createObjectBuilder().add("type", type());
        write(json);
        return json.build().toString();
    }

    /** Reads a message; empty for a type that this version does not know, which the receiver ignores. */
    static Optional<ControlMessage> parse(String text) throws WireException {
        if (Heartbeat.is(text)) {
            return Optional.of(new Heartbeat());
        }
        StrictJson json = StrictJson.parse(text, MAX_LENGTH);
        return switch (json.string("type", 64)) {
            case Hello.TYPE -> Optional.of(Hello.read(json));
            case Auth.TYPE -> Optional.of(Auth.read(json));
            case Welcome.TYPE -> Optional.of(Welcome.read(json));
            case Ready.TYPE -> Optional.of(Ready.read(json));
            case Heartbeat.TYPE -> Optional.of(new Heartbeat());
            case Refusal.TYPE -> Optional.of(Refusal.read(json));
            case SessionOffer.TYPE -> Optional.of(SessionOffer.read(json));
            case SessionAnswer.TYPE -> Optional.of(SessionAnswer.read(json));
            case SessionRefuse.TYPE -> Optional.of(SessionRefuse.read(json));
            case SessionRelay.TYPE -> Optional.of(SessionRelay.read(json));
            case SessionRelays.TYPE -> Optional.of(SessionRelays.read(json));
            case SessionReserve.TYPE -> Optional.of(SessionReserve.read(json));
            case SessionLost.TYPE -> Optional.of(SessionLost.read(json));
            case SessionUpdate.TYPE -> Optional.of(SessionUpdate.read(json));
            case SessionEnd.TYPE -> Optional.of(SessionEnd.read(json));
            case SessionEnded.TYPE -> Optional.of(SessionEnded.read(json));
            case Events.TYPE -> Optional.of(Events.read(json));
            case EventsAck.TYPE -> Optional.of(EventsAck.read(json));
            case InventoryReport.TYPE -> Optional.of(InventoryReport.read(json));
            case EndorsementReport.TYPE -> Optional.of(EndorsementReport.read(json));
            case Probe.TYPE -> Optional.of(new Probe(json.string("id", 64)));
            case Renew.TYPE -> Optional.of(Renew.read(json));
            case Renewed.TYPE -> Optional.of(new Renewed(json.strings("chain", 4, 8_192)));
            case Assist.TYPE -> Optional.of(Assist.read(json));
            case AssistState.TYPE -> Optional.of(AssistState.read(json));
            case Relays.TYPE -> Optional.of(new Relays(json.string("list", RelayList.MAX_LENGTH)));
            case ProbeReply.TYPE -> Optional.of(new ProbeReply(json.string("id", 64)));
            default -> Optional.empty();
        };
    }

    private static JsonArrayBuilder array(List<String> values) {
        JsonArrayBuilder array = Json.createArrayBuilder();
        values.forEach(array::add);
        return array;
    }

    private static SessionId sid(StrictJson json) throws WireException {
        return SessionId.parse(json.string("sid", 32));
    }

    /** Server: 32 bytes to prove with. */
    record Hello(byte[] nonce) implements ControlMessage {
        static final String TYPE = "hello";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("nonce", B64.encode(nonce));
        }

        static Hello read(StrictJson json) throws WireException {
            return new Hello(json.bytes("nonce", ControlTranscript.NONCE));
        }
    }

    /**
     * Agent: who it is, and the proof.
     *
     * @param chain base64url DER, device and domain CA
     */
    record Auth(byte[] nonce, String server, String uid, byte[] spki, List<String> chain, byte[] signature)
            implements ControlMessage {
        static final String TYPE = "auth";

        public Auth {
            chain = List.copyOf(chain);
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            JsonArrayBuilder certificates = Json.createArrayBuilder();
            chain.forEach(certificates::add);
            json.add("nonce", B64.encode(nonce))
                    .add("server", server)
                    .add("uid", uid)
                    .add("spki", B64.encode(spki))
                    .add("chain", certificates)
                    .add("signature", B64.encode(signature));
        }

        static Auth read(StrictJson json) throws WireException {
            return new Auth(
                    json.bytes("nonce", ControlTranscript.NONCE),
                    json.string("server", 300),
                    json.string("uid", 36),
                    json.bytes("spki", 32),
                    json.strings("chain", 4, 8_192),
                    json.bytes("signature", 64));
        }
    }

    /**
     * Server: its own proof, and what the agent needs.
     *
     * @param keySet signed text
     * @param account account that terminals run as; empty where none is set
     * @param name the device's name
     * @param chain a newer certificate for the same key, and the domain CA's; empty where there is none
     */
    record Welcome(
            String kid,
            byte[] signature,
            Instant time,
            int heartbeat,
            String keySet,
            String account,
            String name,
            List<String> chain)
            implements ControlMessage {
        static final String TYPE = "welcome";

        public Welcome {
            chain = List.copyOf(chain);
        }

        /** To a device whose certificate is the newest. */
        public Welcome(
                String kid, byte[] signature, Instant time, int heartbeat, String keySet, String account, String name) {
            this(kid, signature, time, heartbeat, keySet, account, name, List.of());
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("kid", kid)
                    .add("signature", B64.encode(signature))
                    .add("time", time.toEpochMilli())
                    .add("heartbeat", heartbeat)
                    .add("keySet", keySet)
                    .add("account", account)
                    .add("name", name);
            if (!chain.isEmpty()) {
                json.add("chain", ControlMessage.array(chain));
            }
        }

        static Welcome read(StrictJson json) throws WireException {
            return new Welcome(
                    json.string("kid", 64),
                    json.bytes("signature", 64),
                    Instant.ofEpochMilli(json.number("time", 0, 1L << 50)),
                    (int) json.number("heartbeat", 1, 300),
                    json.string("keySet", KeySet.MAX_LENGTH),
                    json.text("account", 32),
                    json.string("name", 200),
                    json.has("chain") ? json.strings("chain", 4, 8_192) : List.of());
        }
    }

    /**
     * Agent: from here it is online.
     *
     * @param log size of the newest tree head of its domain that it has seen; 0 for none
     */
    record Ready(
            Endorsement endorsement,
            String version,
            String os,
            Optional<JsonObject> inventory,
            HardwareId hardware,
            long log)
            implements ControlMessage {
        static final String TYPE = "ready";

        /** Of a machine that shows nothing of its hardware. */
        public Ready(Endorsement endorsement, String version, String os, Optional<JsonObject> inventory) {
            this(endorsement, version, os, inventory, HardwareId.NONE, 0);
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("endorsement", endorsement.toJson())
                    .add("version", version)
                    .add("os", os);
            inventory.ifPresent(value -> json.add("inventory", value));
            if (!hardware.isEmpty()) {
                json.add("hardware", hardware.toJson());
            }
            json.add("log", log);
        }

        static Ready read(StrictJson json) throws WireException {
            return new Ready(
                    Endorsement.parse(json.child("endorsement")),
                    json.string("version", 64),
                    json.string("os", 200),
                    json.optionalChild("inventory").map(StrictJson::object),
                    HardwareId.member(json),
                    json.optionalNumber("log", 0, TreeHead.MAX_SIZE).orElse(0L));
        }
    }

    /** Either: alive. */
    record Heartbeat() implements ControlMessage {
        static final String TYPE = "hb";
        /** Nearly every message is one. */
        private static final String TEXT = "{\"type\":\"hb\"}";

        /** Whether a message is a heartbeat as it is usually written. */
        public static boolean is(String text) {
            return text.equals(TEXT);
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public String toJson() {
            return TEXT;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            // the type says it all
        }
    }

    /** Server: why it closes ({@code type} is {@code error}). */
    record Refusal(String code, String detail) implements ControlMessage {
        static final String TYPE = "error";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("code", code).add("detail", detail);
        }

        static Refusal read(StrictJson json) throws WireException {
            return new Refusal(json.string("code", 64), json.text("detail", 500));
        }
    }

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
            implements ControlMessage {
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
                    ControlMessage.sid(json),
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
            implements ControlMessage {
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
                    ControlMessage.sid(json),
                    json.bytesUpTo("m2", HandshakeAnswer.MAX_M2),
                    RelayProofPublicKey.parse(json.bytes("relayKey", RelayProofPublicKey.LENGTH)),
                    RelayAddress.rttsFromJson(json),
                    json.optionalNumber("log", 0, TreeHead.MAX_SIZE).orElse(0L));
        }
    }

    /** Agent: it will not. */
    record SessionRefuse(SessionId sid, String code, String detail) implements ControlMessage {
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
            return new SessionRefuse(ControlMessage.sid(json), json.string("code", 64), json.text("detail", 500));
        }
    }

    /** Server: where the two ends meet. */
    record SessionRelay(SessionId sid, RelayAddress relay, String token, List<ReserveRelay> reserve)
            implements ControlMessage {
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
                    ControlMessage.sid(json),
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
            implements ControlMessage {
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
                    ControlMessage.sid(json),
                    RelayProofPublicKey.parse(json.bytes("relayKey", RelayProofPublicKey.LENGTH)),
                    ReserveRelay.ids(json, "relays"),
                    ReserveRelay.ids(json, "struck"));
        }
    }

    /** Server: new tokens in reserve. */
    record SessionReserve(SessionId sid, List<ReserveRelay> reserve) implements ControlMessage {
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
            return new SessionReserve(ControlMessage.sid(json), ReserveRelay.read(json));
        }
    }

    /**
     * Server: the client has lost its transport.
     *
     * @param attempt of that transport
     * @param struck ids of relays that the client does not use
     */
    record SessionLost(SessionId sid, long attempt, List<String> struck) implements ControlMessage {
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
                    ControlMessage.sid(json),
                    json.number("attempt", 0, 0xffff_ffffL),
                    ReserveRelay.ids(json, "struck"));
        }
    }

    /** Server: a newer ticket. */
    record SessionUpdate(SessionId sid, String ticket) implements ControlMessage {
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
            return new SessionUpdate(ControlMessage.sid(json), json.string("ticket", Ticket.MAX_LENGTH));
        }
    }

    /** Server: end it. */
    record SessionEnd(SessionId sid, String reason) implements ControlMessage {
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
            return new SessionEnd(ControlMessage.sid(json), json.string("reason", 200));
        }
    }

    /** Agent: it has ended. */
    record SessionEnded(SessionId sid, String reason, long bytesIn, long bytesOut, String address)
            implements ControlMessage {
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
                    ControlMessage.sid(json),
                    json.string("reason", 200),
                    json.number("bytesIn", 0, 1L << 53),
                    json.number("bytesOut", 0, 1L << 53),
                    json.text("address", 64));
        }
    }

    /**
     * Agent: what happened.
     *
     * @param first number of the first event
     * @param events 1 to 100, numbered on from the first
     */
    record Events(long first, List<DeviceEvent> events) implements ControlMessage {
        static final String TYPE = "events";

        public Events {
            events = List.copyOf(events);
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            JsonArrayBuilder array = Json.createArrayBuilder();
            events.forEach(event -> array.add(event.toJson()));
            json.add("first", first).add("events", array);
        }

        static Events read(StrictJson json) throws WireException {
            List<DeviceEvent> events = new ArrayList<>();
            for (StrictJson event : json.children("events", MAX_EVENTS)) {
                events.add(DeviceEvent.parse(event));
            }
            return new Events(json.number("first", 0, 1L << 53), events);
        }
    }

    /** Server: everything below {@code next} is stored. */
    record EventsAck(long next) implements ControlMessage {
        static final String TYPE = "events.ack";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("next", next);
        }

        static EventsAck read(StrictJson json) throws WireException {
            return new EventsAck(json.number("next", 0, 1L << 53));
        }
    }

    /** Agent: hardware and system, as JSON that the user interface shows; at most 32 KiB. */
    record InventoryReport(JsonObject inventory) implements ControlMessage {
        static final String TYPE = "inventory";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("inventory", inventory);
        }

        static InventoryReport read(StrictJson json) throws WireException {
            return new InventoryReport(json.child("inventory").object());
        }
    }

    /** Agent: a new static key. */
    record EndorsementReport(Endorsement endorsement) implements ControlMessage {
        static final String TYPE = "endorsement";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("endorsement", endorsement.toJson());
        }

        static EndorsementReport read(StrictJson json) throws WireException {
            return new EndorsementReport(Endorsement.parse(json.child("endorsement")));
        }
    }

    /**
     * Agent: a certificate for its next key.
     *
     * @param csr PKCS#10, DER: the next key proves itself
     * @param continuity 64 bytes: the present key says that this one comes next ({@link org.bascule.wire.trust.Continuity})
     */
    record Renew(byte[] csr, byte[] continuity) implements ControlMessage {
        static final String TYPE = "renew";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("csr", B64.encode(csr)).add("continuity", B64.encode(continuity));
        }

        static Renew read(StrictJson json) throws WireException {
            return new Renew(json.bytesUpTo("csr", 4_096), json.bytes("continuity", 64));
        }
    }

    /**
     * Server: the certificate for the next key. In force from the first channel that proves itself with it; until then the old one is.
     *
     * @param chain base64url DER, device and domain CA
     */
    record Renewed(List<String> chain) implements ControlMessage {
        static final String TYPE = "renewed";

        public Renewed {
            chain = List.copyOf(chain);
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("chain", ControlMessage.array(chain));
        }
    }

    /**
     * Agent: somebody at the device asks for help. Sent again until its state is told, and at every new channel while it is not over; the id makes one of them.
     *
     * @param id UUID, made by the agent
     * @param text 1 to 1,000 characters, hostile text like the contact
     */
    record Assist(
            String id,
            String text,
            Optional<String> name,
            Optional<String> phone,
            Optional<String> email,
            Instant raised)
            implements ControlMessage {
        static final String TYPE = "assist";
        public static final int MAX_TEXT = 1_000;
        public static final int MAX_NAME = 200;
        public static final int MAX_PHONE = 64;
        public static final int MAX_EMAIL = 254;

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("id", id).add("text", text);
            name.ifPresent(value -> json.add("name", value));
            phone.ifPresent(value -> json.add("phone", value));
            email.ifPresent(value -> json.add("email", value));
            json.add("raised", raised.toEpochMilli());
        }

        static Assist read(StrictJson json) throws WireException {
            return new Assist(
                    json.string("id", 36),
                    json.string("text", MAX_TEXT),
                    json.optionalString("name", MAX_NAME),
                    json.optionalString("phone", MAX_PHONE),
                    json.optionalString("email", MAX_EMAIL),
                    Instant.ofEpochMilli(json.number("raised", 0, 1L << 50)));
        }
    }

    /**
     * Server: what became of a request for help; the acknowledgement of {@link Assist}, and again with each change.
     *
     * @param state {@code open}, {@code taken}, {@code closed}, {@code expired} or {@code refused}
     * @param detail who took it, the comment at the end, or why it was refused; hostile text, may be empty
     */
    record AssistState(String id, String state, String detail) implements ControlMessage {
        static final String TYPE = "assist.state";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("id", id).add("state", state).add("detail", detail);
        }

        static AssistState read(StrictJson json) throws WireException {
            return new AssistState(json.string("id", 36), json.string("state", 20), json.text("detail", 1_000));
        }
    }

    /** Server: are you there? */
    record Probe(String id) implements ControlMessage {
        static final String TYPE = "probe";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("id", id);
        }
    }

    /** Agent: yes. */
    record ProbeReply(String id) implements ControlMessage {
        static final String TYPE = "probe.reply";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("id", id);
        }
    }
    /**
     * Server: the relays that there are; after {@link Ready} and with every change.
     *
     * @param list {@link RelayList}, signed text
     */
    record Relays(String list) implements ControlMessage {
        static final String TYPE = "relays";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("list", list);
        }

        @Override
        public String toString() {
            return "Relays[REDACTED]";
        }
    }
}
