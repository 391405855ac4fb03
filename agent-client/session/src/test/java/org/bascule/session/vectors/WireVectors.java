package org.bascule.session.vectors;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import org.bascule.session.handshake.HandshakeVectors;
import org.bascule.session.vectors.FixedCertificates.Template;
import org.bascule.session.vectors.FixedKeys.P256Key;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;
import org.bascule.wire.control.ControlTranscript;
import org.bascule.wire.keys.Ed25519SigningKey;
import org.bascule.wire.keys.RelayProofPublicKey;
import org.bascule.wire.relay.RelayProof;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.relay.RelayToken;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.KeyUsage;

/** The formats around the session with fixed keys. */
final class WireVectors {

    private WireVectors() {}

    static JsonObject ticket() {
        String text = HandshakeVectors.ticket();
        String[] parts = text.split("\\.");
        String claims = parts[1];
        String kid = FixedInstallation.TICKET_KEY.publicKey().kid();
        JsonArrayBuilder refused = Json.createArrayBuilder();
        refused.add(
                token("another key signed", resigned(parts[0], claims, FixedInstallation.LOG_KEY), "BAD_SIGNATURE"));
        refused.add(token(
                "a key that is not in the set",
                jws(
                        "{\"alg\":\"EdDSA\",\"typ\":\"bascule-ticket+jwt\",\"kid\":\""
                                + FixedInstallation.ROOT.publicKey().kid() + "\"}",
                        claims),
                "BAD_SIGNATURE"));
        refused.add(token(
                "alg none",
                unsigned("{\"alg\":\"none\",\"typ\":\"bascule-ticket+jwt\",\"kid\":\"" + kid + "\"}", claims),
                "MALFORMED"));
        refused.add(token(
                "alg HS256",
                jws("{\"alg\":\"HS256\",\"typ\":\"bascule-ticket+jwt\",\"kid\":\"" + kid + "\"}", claims),
                "MALFORMED"));
        refused.add(token(
                "another typ",
                jws("{\"alg\":\"EdDSA\",\"typ\":\"bascule-relay+jwt\",\"kid\":\"" + kid + "\"}", claims),
                "MALFORMED"));
        for (String extra : new String[] {"jku", "jwk", "x5u", "crit"}) {
            refused.add(token(
                    "a header with " + extra,
                    jws(
                            "{\"alg\":\"EdDSA\",\"typ\":\"bascule-ticket+jwt\",\"kid\":\"" + kid + "\",\"" + extra
                                    + "\":\"x\"}",
                            claims),
                    "MALFORMED"));
        }
        refused.add(token("claims of another ticket", parts[0] + "." + encode("{}") + "." + parts[2], "BAD_SIGNATURE"));
        refused.add(token("no claims", jws(header(kid), encode("{}")), "MALFORMED"));
        refused.add(token("two parts", parts[0] + "." + parts[1], "MALFORMED"));
        refused.add(token("padding", text + "=", "MALFORMED"));
        return Json.createObjectBuilder()
                .add(
                        "about",
                        "The ticket of handshake.json. 'text' verifies with keyset.json at 'now'; the refused ones give the reason.")
                .add("now", FixedInstallation.NOW.getEpochSecond())
                .add("seed", hex(FixedKeys.bytes("ticket key")))
                .add("public", hex(FixedInstallation.TICKET_KEY.publicKey().raw()))
                .add("kid", kid)
                .add("claims", json(new String(decode(claims), StandardCharsets.UTF_8)))
                .add("text", text)
                .add("refused", refused)
                .build();
    }

    private static String header(String kid) {
        return "{\"alg\":\"EdDSA\",\"typ\":\"bascule-ticket+jwt\",\"kid\":\"" + kid + "\"}";
    }

    private static String jws(String header, String claims) {
        return resigned(encode(header), claims, FixedInstallation.TICKET_KEY);
    }

    private static String unsigned(String header, String claims) {
        return encode(header) + "." + claims + ".";
    }

    private static String resigned(String header, String claims, Ed25519SigningKey<?> key) {
        String input = header + "." + claims;
        return input + "." + B64.encode(key.sign(input.getBytes(StandardCharsets.US_ASCII)));
    }

    private static JsonObjectBuilder token(String name, String text, String reason) {
        return Json.createObjectBuilder().add("name", name).add("text", text).add("reason", reason);
    }

    static JsonObject relayProof() throws WireException {
        P256Key key = P256Key.of("relay proof key");
        byte[] nonce = FixedKeys.bytes("relay nonce");
        SessionId sid = FixedInstallation.SID;
        JsonArrayBuilder proofs = Json.createArrayBuilder();
        for (RelayRole role : RelayRole.values()) {
            byte[] signed = RelayProof.signedBytes("relay-1", nonce, sid, role);
            RelayToken token = new RelayToken(
                    "relay-1",
                    sid,
                    role,
                    0,
                    FixedInstallation.NOW,
                    FixedInstallation.NOW.plusSeconds(60),
                    "relay-token-" + role.code(),
                    RelayProofPublicKey.parse(key.point()),
                    "tag-1");
            proofs.add(Json.createObjectBuilder()
                    .add("role", role.text())
                    .add("token", token.sign(FixedInstallation.RELAY_TOKEN_KEY))
                    .add("signed", hex(signed))
                    .add("signature", hex(key.sign(signed))));
        }
        return Json.createObjectBuilder()
                .add(
                        "about",
                        "Admission to a relay: tokens verify with keyset.json at 'now'; signatures are ECDSA P-256, r and s, made deterministically (RFC 6979) so that any other valid signature will do.")
                .add("now", FixedInstallation.NOW.getEpochSecond())
                .add("relay", "relay-1")
                .add("sid", sid.hex())
                .add("nonce", hex(nonce))
                .add("private", hex(key.scalar()))
                .add("point", hex(key.point()))
                .add("proofs", proofs)
                .build();
    }

    static JsonObject controlTranscript() {
        ControlTranscript transcript = transcript();
        byte[] signed = transcript.forServer(FixedInstallation.NOW);
        return Json.createObjectBuilder()
                .add(
                        "about",
                        "What agent and access server sign on the control channel. The agent's key is the identity of endorsement.json.")
                .add("serverNonce", hex(transcript.serverNonce()))
                .add("agentNonce", hex(transcript.agentNonce()))
                .add("server", transcript.server())
                .add("uid", transcript.uid())
                .add("spki", hex(transcript.spki()))
                .add("agentSigned", hex(transcript.forAgent()))
                .add("agentSignature", hex(FixedInstallation.IDENTITY.sign(transcript.forAgent())))
                .add(
                        "serverPublic",
                        hex(FixedInstallation.CONTROL_KEY.publicKey().raw()))
                .add("serverKid", FixedInstallation.CONTROL_KEY.publicKey().kid())
                .add("time", FixedInstallation.NOW.toEpochMilli())
                .add("serverSigned", hex(signed))
                .add("serverSignature", hex(FixedInstallation.CONTROL_KEY.sign(signed)))
                .build();
    }

    static ControlTranscript transcript() {
        return new ControlTranscript(
                FixedKeys.bytes("server nonce"),
                FixedKeys.bytes("agent nonce"),
                "access.example:8443",
                FixedInstallation.UID,
                FixedKeys.bytes("SPKI of the server's TLS certificate"));
    }

    static JsonObject endorsement() {
        var endorsement = FixedInstallation.endorsement(7);
        JsonObject text = endorsement.toJson();
        byte[] signature = endorsement.signature();
        signature[0] ^= 1;
        JsonArrayBuilder refused = Json.createArrayBuilder();
        long now = FixedInstallation.NOW.getEpochSecond();
        refused.add(endorsed(
                "a bit of the signature flipped",
                with(text, "signature", B64.encode(signature)),
                now,
                "BAD_SIGNATURE"));
        refused.add(endorsed(
                "another key", with(text, "key", B64.encode(FixedKeys.bytes("another"))), now, "BAD_SIGNATURE"));
        refused.add(endorsed("another counter", number(text, "counter", 8), now, "BAD_SIGNATURE"));
        refused.add(endorsed(
                "longer than 24 h",
                number(text, "notAfter", text.getJsonNumber("notAfter").longValue() + 1),
                now,
                "MALFORMED"));
        refused.add(endorsed("too early", text, text.getJsonNumber("notBefore").longValue() - 1, "EXPIRED"));
        refused.add(endorsed("too late", text, text.getJsonNumber("notAfter").longValue() + 1, "EXPIRED"));
        return Json.createObjectBuilder()
                .add("about", "The endorsement of the static key of handshake.json.")
                .add("now", now)
                .add("uid", FixedInstallation.UID)
                .add("domain", FixedInstallation.DOMAIN)
                .add("identityPrivate", hex(FixedInstallation.IDENTITY.scalar()))
                .add("spki", hex(FixedInstallation.IDENTITY.spki()))
                .add("fingerprint", fingerprint())
                .add("endorsement", text)
                .add(
                        "signed",
                        hex(FixedInstallation.endorsedBytes(
                                endorsement.notBefore(), endorsement.notAfter(), endorsement.counter())))
                .add("refused", refused)
                .build();
    }

    private static String fingerprint() {
        String hex = HexFormat.of().formatHex(FixedInstallation.identityThumbprint(), 0, 8);
        return String.join(" ", hex.split("(?<=\\G.{4})"));
    }

    private static JsonObjectBuilder endorsed(String name, JsonObject endorsement, long at, String reason) {
        return Json.createObjectBuilder()
                .add("name", name)
                .add("endorsement", endorsement)
                .add("at", at)
                .add("reason", reason);
    }

    private static JsonObject with(JsonObject json, String name, String value) {
        return Json.createObjectBuilder(json).add(name, value).build();
    }

    private static JsonObject number(JsonObject json, String name, long value) {
        return Json.createObjectBuilder(json).add(name, value).build();
    }

    static JsonObject keySet() {
        String text = FixedInstallation.signedKeySet(3);
        String[] parts = text.split("\\.");
        JsonArrayBuilder refused = Json.createArrayBuilder();
        refused.add(token(
                "signed by a key of the set",
                resigned(parts[0], parts[1], FixedInstallation.TICKET_KEY),
                "BAD_SIGNATURE"));
        refused.add(token("claims of another", parts[0] + "." + encode("{}") + "." + parts[2], "MALFORMED"));
        refused.add(token(
                "another typ",
                resigned(
                        encode("{\"alg\":\"EdDSA\",\"typ\":\"jwt\",\"kid\":\""
                                + FixedInstallation.ROOT.publicKey().kid() + "\"}"),
                        parts[1],
                        FixedInstallation.ROOT),
                "MALFORMED"));
        return Json.createObjectBuilder()
                .add("about", "The key set of the installation that all vectors are about, and an older one.")
                .add("rootSeed", hex(FixedKeys.bytes("installation root")))
                .add("root", B64.encode(FixedInstallation.ROOT.publicKey().raw()))
                .add("rootHash", B64.encode(FixedInstallation.ROOT.publicKey().hash()))
                .add("issuer", FixedInstallation.ISSUER)
                .add("claims", json(new String(decode(parts[1]), StandardCharsets.UTF_8)))
                .add("text", text)
                .add("older", FixedInstallation.signedKeySet(2))
                .add("refused", refused)
                .build();
    }

    static JsonObject certificates() {
        Instant start = FixedInstallation.START;
        String domain = FixedInstallation.DOMAIN;
        String uid = FixedInstallation.UID;
        Template device = FixedCertificates.device(domain, uid, start);
        String caName = "CN=" + domain;
        P256Key caKey = FixedInstallation.DOMAIN_CA;
        P256Key identity = FixedInstallation.IDENTITY;
        String good = B64.encode(FixedInstallation.deviceCertificate());
        String goodCa = B64.encode(FixedInstallation.domainCertificate());
        JsonArrayBuilder refused = Json.createArrayBuilder();
        refused.add(chain(
                "another UID",
                FixedCertificates.issue(FixedCertificates.device(domain, domain, start), identity, caName, caKey),
                goodCa));
        refused.add(chain(
                "another domain in the device's name",
                FixedCertificates.issue(FixedCertificates.device(uid, uid, start), identity, caName, caKey),
                goodCa));
        refused.add(chain(
                "signed by another key",
                FixedCertificates.issue(device, identity, caName, P256Key.of("another CA")),
                goodCa));
        refused.add(chain(
                "a CA instead of a device",
                FixedCertificates.issue(
                        new Template(
                                device.subject(),
                                device.uri(),
                                new BasicConstraints(0),
                                KeyUsage.digitalSignature | KeyUsage.keyCertSign,
                                start,
                                device.notAfter(),
                                4),
                        identity,
                        caName,
                        caKey),
                goodCa));
        refused.add(chain(
                "without the key usage digitalSignature",
                FixedCertificates.issue(
                        new Template(
                                device.subject(),
                                device.uri(),
                                device.constraints(),
                                KeyUsage.keyAgreement,
                                start,
                                device.notAfter(),
                                5),
                        identity,
                        caName,
                        caKey),
                goodCa));
        refused.add(chain(
                "not yet valid",
                FixedCertificates.issue(
                        FixedCertificates.device(domain, uid, FixedInstallation.NOW.plus(Duration.ofDays(1))),
                        identity,
                        caName,
                        caKey),
                goodCa));
        refused.add(chain(
                "no longer valid",
                FixedCertificates.issue(
                        FixedCertificates.device(domain, uid, start.minus(Duration.ofDays(100))),
                        identity,
                        caName,
                        caKey),
                goodCa));
        Template ca = FixedCertificates.domainCa(domain, start);
        refused.add(chain(
                "a domain CA with path length 1",
                good,
                FixedCertificates.issue(
                        new Template(
                                ca.subject(),
                                ca.uri(),
                                new BasicConstraints(1),
                                ca.keyUsage(),
                                start,
                                ca.notAfter(),
                                6),
                        caKey,
                        "CN=Bascule installation CA",
                        FixedInstallation.INSTALLATION_CA)));
        refused.add(chain(
                "a domain CA of another domain",
                good,
                FixedCertificates.issue(
                        FixedCertificates.domainCa(uid, start),
                        caKey,
                        "CN=Bascule installation CA",
                        FixedInstallation.INSTALLATION_CA)));
        refused.add(chain(
                "a domain CA that another installation issued",
                good,
                FixedCertificates.issue(
                        ca, caKey, "CN=Bascule installation CA", P256Key.of("another installation CA"))));
        refused.add(chain("a domain CA that signed itself", good, FixedCertificates.issue(ca, caKey, caName, caKey)));
        refused.add(chain("the chain reversed", goodCa, good));
        return Json.createObjectBuilder()
                .add(
                        "about",
                        "Certificates are base64url DER: device, then domain CA. They verify at 'now' against the installation CA in keyset.json, which is the third here.")
                .add("now", FixedInstallation.NOW.getEpochSecond())
                .add("domain", domain)
                .add("uid", uid)
                .add("chain", Json.createArrayBuilder().add(good).add(goodCa))
                .add("installation", B64.encode(FixedInstallation.installationCertificate()))
                .add("spki", hex(identity.spki()))
                .add("refused", refused)
                .build();
    }

    private static JsonObjectBuilder chain(String name, byte[] device, String ca) {
        return chain(name, B64.encode(device), ca);
    }

    private static JsonObjectBuilder chain(String name, String device, byte[] ca) {
        return chain(name, device, B64.encode(ca));
    }

    private static JsonObjectBuilder chain(String name, String device, String ca) {
        return Json.createObjectBuilder()
                .add("name", name)
                .add("chain", Json.createArrayBuilder().add(device).add(ca));
    }

    /** The answer of the access server that the handshake of handshake.json belongs to. */
    static JsonObject opened() {
        return Json.createObjectBuilder()
                .add(
                        "about",
                        "The answer of POST /api/sessions that handshake.json belongs to. At 'now' it passes every check before m1.")
                .add("now", FixedInstallation.NOW.getEpochSecond())
                .add("answer", json(FixedInstallation.opened().toJson()))
                .build();
    }

    private static JsonObject json(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }

    private static String encode(String text) {
        return B64.encode(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] decode(String text) {
        try {
            return B64.decode(text);
        } catch (WireException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
