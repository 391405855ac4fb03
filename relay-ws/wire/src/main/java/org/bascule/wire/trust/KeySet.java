package org.bascule.wire.trust;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.jws.Jws;
import org.bascule.wire.keys.ControlPublicKey;
import org.bascule.wire.keys.LogPublicKey;
import org.bascule.wire.keys.RelayTokenPublicKey;
import org.bascule.wire.keys.RootPublicKey;
import org.bascule.wire.keys.RootSigningKey;
import org.bascule.wire.keys.TicketPublicKey;

/**
 * The keys of an installation, signed by its root: a JWS of type {@value #TYP}. A value of this class was verified, or is about to be signed.
 *
 * @param issuer public URL of the installation
 * @param root the key that signs it
 * @param seq grows with every change; an older set than the newest seen is refused by whoever remembers
 * @param keys what the access server signs with
 * @param certificateAuthorities installation CAs, 1 to 8
 */
public record KeySet(
        String issuer, RootPublicKey root, long seq, List<Entry> keys, List<X509Certificate> certificateAuthorities) {

    public static final String TYP = "bascule-keyset+jwt";
    public static final int MAX_LENGTH = 32 * 1_024;
    private static final int MAX_KEYS = 64;
    private static final int MAX_CAS = 8;
    private static final int MAX_CERTIFICATE = 4_096;

    /** What a key is for. */
    public enum Role {
        TICKET("ticket"),
        CONTROL("control"),
        LOG("log"),
        RELAY_TOKEN("relay-token");

        private final String text;

        Role(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }

        static Role parse(String text) throws WireException {
            for (Role role : values()) {
                if (role.text.equals(text)) {
                    return role;
                }
            }
            throw WireException.malformed("unknown key role");
        }
    }

    /**
     * One key.
     *
     * @param raw 32 bytes, Ed25519
     */
    public record Entry(Role role, byte[] raw, Instant notBefore, Instant notAfter) {

        public Entry {
            if (raw.length != 32) {
                throw new IllegalArgumentException("a key of the set has 32 bytes");
            }
            if (!notBefore.isBefore(notAfter)) {
                throw new IllegalArgumentException("a key is valid for some time");
            }
            raw = raw.clone();
        }

        @Override
        public byte[] raw() {
            return raw.clone();
        }

        public String kid() {
            return B64.encode(org.bascule.wire.Sha256.of(raw));
        }

        boolean isValidAt(Instant at) {
            return !at.isBefore(notBefore) && at.isBefore(notAfter);
        }
    }

    public KeySet {
        keys = List.copyOf(keys);
        certificateAuthorities = List.copyOf(certificateAuthorities);
        if (issuer.isEmpty() || issuer.length() > 300) {
            throw new IllegalArgumentException("an issuer has 1 to 300 characters");
        }
        if (keys.size() > MAX_KEYS || certificateAuthorities.isEmpty() || certificateAuthorities.size() > MAX_CAS) {
            throw new IllegalArgumentException("a key set has at most 64 keys and 1 to 8 CAs");
        }
    }

    /** Verifies with a root key that is already known. */
    public static KeySet verify(String text, RootPublicKey root) throws WireException {
        return verify(text, root.hash());
    }

    /**
     * Verifies with the hash of the root key alone, as agents and relays pin it: the key is in the set, its hash must be the pinned one.
     *
     * @param rootHash SHA-256 of the root's 32 bytes
     */
    public static KeySet verify(String text, byte[] rootHash) throws WireException {
        Jws jws = Jws.parse(text, TYP, MAX_LENGTH);
        RootPublicKey root = RootPublicKey.parse(jws.unverifiedClaims().bytes("root", RootPublicKey.LENGTH));
        if (!MessageDigest.isEqual(root.hash(), rootHash) || !jws.kid().equals(root.kid())) {
            throw new WireException(
                    WireException.Reason.BAD_SIGNATURE, "the key set is not signed by the pinned installation root");
        }
        return read(jws.verify(root), root);
    }

    static KeySet read(StrictJson claims, RootPublicKey root) throws WireException {
        List<Entry> keys = new ArrayList<>();
        for (StrictJson key : claims.children("keys", MAX_KEYS)) {
            keys.add(entry(key));
        }
        List<X509Certificate> cas = new ArrayList<>();
        for (String ca : claims.strings("cas", MAX_CAS, MAX_CERTIFICATE * 2)) {
            cas.add(certificate(B64.decode(ca)));
        }
        try {
            return new KeySet(claims.string("iss", 300), root, claims.number("seq", 1, Long.MAX_VALUE), keys, cas);
        } catch (IllegalArgumentException e) {
            throw new WireException(WireException.Reason.MALFORMED, String.valueOf(e.getMessage()), e);
        }
    }

    private static Entry entry(StrictJson key) throws WireException {
        try {
            Entry entry = new Entry(
                    Role.parse(key.string("role", 32)),
                    key.bytes("x", 32),
                    Instant.ofEpochSecond(key.number("nbf", 0, 1L << 40)),
                    Instant.ofEpochSecond(key.number("exp", 0, 1L << 40)));
            if (!entry.kid().equals(key.string("kid", 64))) {
                throw WireException.malformed("a kid is not the hash of its key");
            }
            return entry;
        } catch (IllegalArgumentException e) {
            throw new WireException(WireException.Reason.MALFORMED, String.valueOf(e.getMessage()), e);
        }
    }

    static X509Certificate certificate(byte[] der) throws WireException {
        if (der.length > MAX_CERTIFICATE) {
            throw new WireException(WireException.Reason.TOO_LARGE, "a certificate of %d bytes".formatted(der.length));
        }
        try (ByteArrayInputStream in = new ByteArrayInputStream(der)) {
            X509Certificate certificate =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            if (in.available() > 0) {
                throw WireException.malformed("extra bytes after a certificate");
            }
            return certificate;
        } catch (CertificateException | java.io.IOException e) {
            throw new WireException(WireException.Reason.MALFORMED, "not an X.509 certificate", e);
        }
    }

    /** The claims without {@code iat} and {@code root}: what a {@link KeySetRequest} holds. */
    JsonObject claims() {
        JsonArrayBuilder keyArray = Json.createArrayBuilder();
        for (Entry key : keys) {
            keyArray.add(Json.createObjectBuilder()
                    .add("role", key.role().text())
                    .add("kid", key.kid())
                    .add("x", B64.encode(key.raw()))
                    .add("nbf", key.notBefore().getEpochSecond())
                    .add("exp", key.notAfter().getEpochSecond()));
        }
        JsonArrayBuilder caArray = Json.createArrayBuilder();
        for (X509Certificate ca : certificateAuthorities) {
            caArray.add(B64.encode(encoded(ca)));
        }
        return Json.createObjectBuilder()
                .add("iss", issuer)
                .add("seq", seq)
                .add("keys", keyArray)
                .add("cas", caArray)
                .build();
    }

    /** The signed text; the signing key must be the set's root. */
    public String sign(RootSigningKey key, Instant at) {
        if (!key.publicKey().equals(root)) {
            throw new IllegalArgumentException("another root signs");
        }
        JsonObject claims = Json.createObjectBuilder(claims())
                .add("iat", at.getEpochSecond())
                .add("root", B64.encode(root.raw()))
                .build();
        return Jws.sign(TYP, claims, key);
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateException e) {
            throw new IllegalStateException("a parsed certificate can be encoded", e);
        }
    }

    private Optional<byte[]> find(Role role, String kid, Instant at) {
        return keys.stream()
                .filter(key ->
                        key.role() == role && key.isValidAt(at) && key.kid().equals(kid))
                .map(Entry::raw)
                .findFirst();
    }

    public TicketPublicKey ticketKey(String kid, Instant at) throws WireException {
        return TicketPublicKey.parse(find(Role.TICKET, kid, at).orElseThrow(() -> unknown("ticket")));
    }

    public ControlPublicKey controlKey(String kid, Instant at) throws WireException {
        return ControlPublicKey.parse(find(Role.CONTROL, kid, at).orElseThrow(() -> unknown("control")));
    }

    public LogPublicKey logKey(String kid, Instant at) throws WireException {
        return LogPublicKey.parse(find(Role.LOG, kid, at).orElseThrow(() -> unknown("log")));
    }

    public RelayTokenPublicKey relayTokenKey(String kid, Instant at) throws WireException {
        return RelayTokenPublicKey.parse(find(Role.RELAY_TOKEN, kid, at).orElseThrow(() -> unknown("relay-token")));
    }

    private static WireException unknown(String role) {
        return new WireException(
                WireException.Reason.BAD_SIGNATURE, "no valid " + role + " key of that id in the key set");
    }
}
