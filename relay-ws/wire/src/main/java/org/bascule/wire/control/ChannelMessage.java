package org.bascule.wire.control;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.enrol.HardwareId;
import org.bascule.wire.log.TreeHead;
import org.bascule.wire.registry.RelayList;
import org.bascule.wire.trust.Endorsement;
import org.bascule.wire.trust.KeySet;

/** What is about the channel itself: its proof, its liveness, certificates, keys and relays. */
public sealed interface ChannelMessage extends ControlMessage {

    /** Server: 32 bytes to prove with. */
    record Hello(byte[] nonce) implements ChannelMessage {
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
            implements ChannelMessage {
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
            implements ChannelMessage {
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
                json.add("chain", ControlJson.array(chain));
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
            implements ChannelMessage {
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
    record Heartbeat() implements ChannelMessage {
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
    record Refusal(String code, String detail) implements ChannelMessage {
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

    /** Agent: a new static key. */
    record EndorsementReport(Endorsement endorsement) implements ChannelMessage {
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
    record Renew(byte[] csr, byte[] continuity) implements ChannelMessage {
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
    record Renewed(List<String> chain) implements ChannelMessage {
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
            json.add("chain", ControlJson.array(chain));
        }
    }

    /** Server: are you there? */
    record Probe(String id) implements ChannelMessage {
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
    record ProbeReply(String id) implements ChannelMessage {
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
    record Relays(String list) implements ChannelMessage {
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
