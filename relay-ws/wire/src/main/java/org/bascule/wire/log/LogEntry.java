package org.bascule.wire.log;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Objects;
import org.bascule.wire.B64;
import org.bascule.wire.Bytes;
import org.bascule.wire.Json;
import org.bascule.wire.Sha256;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * What a leaf says. Its first byte is the kind, so that no entry can be taken for one of another kind.
 *
 * <pre>
 * record       = 01 ‖ lp(id) ‖ lp(domain) ‖ occurred u64 ‖ lp(code) ‖ lp(outcome) ‖ person[32]       // microseconds since 1970
 * person       = SHA-256("bascule/1 audit person" ‖ 00 ‖ salt[16] ‖ opt(user id) ‖ opt(user name) ‖ opt(resource id) ‖ opt(resource name)
 *                        ‖ opt(address) ‖ opt(session) ‖ opt(detail) ‖ opt(changes))
 * opt(x)       = 00, or 01 ‖ length u32 ‖ UTF-8
 * certificate  = 02 ‖ lp(domain) ‖ lp(device UID) ‖ lp(DER)
 * head         = 03 ‖ lp(tree) ‖ size u64 ‖ root[32] ‖ time u64                                     // milliseconds since 1970
 * </pre>
 */
public sealed interface LogEntry {

    /** The bytes that are hashed. */
    byte[] leaf();

    /** A row of the audit log; every member is what the database holds. */
    record Audit(
            String id,
            String domain,
            Instant occurred,
            String code,
            String outcome,
            byte[] salt,
            @Nullable String userId,
            @Nullable String userName,
            @Nullable String resourceId,
            @Nullable String resourceName,
            @Nullable String address,
            @Nullable String session,
            @Nullable String detail,
            @Nullable String changes)
            implements LogEntry {

        /** Bytes of a salt. */
        public static final int SALT = 16;

        private static final String PERSON = "bascule/1 audit person";
        private static final int MAX_CHANGES = 1 << 24;
        private static final int MAX_TEXT = 4_096;

        public Audit {
            if (salt.length != SALT) {
                throw new IllegalArgumentException("a salt has 16 bytes, not " + salt.length);
            }
            salt = salt.clone();
        }

        @Override
        public byte[] salt() {
            return salt.clone();
        }

        @Override
        public byte[] leaf() {
            return Bytes.writer()
                    .u8(1)
                    .lp(id)
                    .lp(domain)
                    .u64(ChronoUnit.MICROS.between(Instant.EPOCH, occurred))
                    .lp(code)
                    .lp(outcome)
                    .bytes(person())
                    .toByteArray();
        }

        /** A commitment to everything that may name a person: without the salt it cannot be guessed. */
        private byte[] person() {
            Bytes.Writer out = Bytes.writer().ascii(PERSON).u8(0).bytes(salt);
            for (String text :
                    Arrays.asList(userId, userName, resourceId, resourceName, address, session, detail, changes)) {
                if (text == null) {
                    out.u8(0);
                } else {
                    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                    out.u8(1).u32(bytes.length).bytes(bytes);
                }
            }
            return Sha256.of(out.toByteArray());
        }

        public JsonObject toJson() {
            JsonObjectBuilder json = Json.createObjectBuilder()
                    .add("id", id)
                    .add("domain", domain)
                    .add("occurred", occurred.toString())
                    .add("code", code)
                    .add("outcome", outcome)
                    .add("salt", B64.encode(salt));
            put(json, "userId", userId);
            put(json, "userName", userName);
            put(json, "resourceId", resourceId);
            put(json, "resourceName", resourceName);
            put(json, "address", address);
            put(json, "session", session);
            put(json, "detail", detail);
            put(json, "changes", changes);
            return json.build();
        }

        private static void put(JsonObjectBuilder json, String name, @Nullable String value) {
            if (value != null) {
                json.add(name, value);
            }
        }

        public static Audit parse(StrictJson json) throws WireException {
            try {
                return new Audit(
                        json.string("id", 36),
                        json.string("domain", 36),
                        Instant.parse(json.string("occurred", 40)),
                        json.string("code", 64),
                        json.string("outcome", 8),
                        json.bytes("salt", SALT),
                        text(json, "userId", MAX_TEXT),
                        text(json, "userName", MAX_TEXT),
                        text(json, "resourceId", MAX_TEXT),
                        text(json, "resourceName", MAX_TEXT),
                        text(json, "address", MAX_TEXT),
                        text(json, "session", MAX_TEXT),
                        text(json, "detail", MAX_TEXT),
                        text(json, "changes", MAX_CHANGES));
            } catch (DateTimeException e) {
                throw new WireException(WireException.Reason.MALFORMED, "not a time", e);
            }
        }

        private static @Nullable String text(StrictJson json, String name, int max) throws WireException {
            return json.has(name) ? json.text(name, max) : null;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Audit that && Arrays.equals(leaf(), that.leaf());
        }

        @Override
        public int hashCode() {
            return id.hashCode();
        }
    }

    /**
     * A certificate that the domain CA issued: the binding of a device to its identity key.
     *
     * @param der as it is presented to clients
     */
    record Certificate(String domain, String device, byte[] der) implements LogEntry {

        private static final int MAX_DER = 4_096;

        public Certificate {
            der = der.clone();
        }

        @Override
        public byte[] der() {
            return der.clone();
        }

        @Override
        public byte[] leaf() {
            return Bytes.writer().u8(2).lp(domain).lp(device).lp(der).toByteArray();
        }

        public JsonObject toJson() {
            return Json.createObjectBuilder()
                    .add("domain", domain)
                    .add("device", device)
                    .add("der", B64.encode(der))
                    .build();
        }

        public static Certificate parse(StrictJson json) throws WireException {
            return new Certificate(
                    json.string("domain", 36), json.string("device", 36), json.bytesUpTo("der", MAX_DER));
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Certificate that && Arrays.equals(leaf(), that.leaf());
        }

        @Override
        public int hashCode() {
            return Objects.hash(domain, device, Arrays.hashCode(der));
        }
    }

    /** The head of a domain's tree, as it is entered in the installation's. */
    record Head(TreeHead head) implements LogEntry {

        @Override
        public byte[] leaf() {
            return Bytes.writer()
                    .u8(3)
                    .lp(head.tree())
                    .u64(head.size())
                    .bytes(head.root())
                    .u64(head.time().toEpochMilli())
                    .toByteArray();
        }
    }
}
