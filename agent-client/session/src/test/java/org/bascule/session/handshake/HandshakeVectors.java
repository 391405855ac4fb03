package org.bascule.session.handshake;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.bascule.session.handshake.HandshakeFormat.Payload1;
import org.bascule.session.noise.Hkdf;
import org.bascule.session.noise.MlKem768;
import org.bascule.session.noise.NkPsk2Initiator;
import org.bascule.session.noise.NkPsk2Responder;
import org.bascule.session.noise.NoiseException;
import org.bascule.session.noise.X25519;
import org.bascule.session.vectors.FixedInstallation;
import org.bascule.session.vectors.FixedKeys;
import org.bascule.session.vectors.FixedLog;
import org.bascule.wire.Bytes;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import org.bascule.wire.Sha256;
import org.bascule.wire.log.TreeHead;

/** The handshake with fixed keys: {@code handshake.json}. */
public final class HandshakeVectors {

    static final byte[] CLIENT_EPHEMERAL = FixedKeys.bytes("client ephemeral key");
    static final byte[] KEM_SEED = FixedKeys.bytes("client KEM seed", MlKem768.SEED_LENGTH);
    static final byte[] DEVICE_EPHEMERAL = FixedKeys.bytes("device ephemeral key");
    static final byte[] KEM_RANDOMNESS = FixedKeys.bytes("device KEM randomness");

    static final TreeHead HEAD = FixedLog.HONEST.head(FixedLog.SIZE);
    static final HeadSeen SEEN = HeadSeen.of(HEAD);

    private HandshakeVectors() {}

    static ClientHandshake client() throws HandshakeException {
        return ClientHandshake.startInsecure(
                FixedInstallation.prologue(),
                FixedInstallation.STATIC.publicKey(),
                FixedInstallation.REQUESTED,
                HEAD,
                CLIENT_EPHEMERAL,
                KEM_SEED);
    }

    static DeviceHandshake device(byte[] m1) throws HandshakeException {
        return DeviceHandshake.read(FixedInstallation.prologue(), List.of(FixedInstallation.STATIC), m1);
    }

    public static String ticket() {
        try {
            return FixedInstallation.ticket(client().message1()).sign(FixedInstallation.TICKET_KEY);
        } catch (HandshakeException e) {
            throw new IllegalStateException(e);
        }
    }

    static DeviceHandshake.Answer answer() throws HandshakeException {
        return device(client().message1())
                .answerInsecure(ticket(), FixedInstallation.GRANTED, SEEN, DEVICE_EPHEMERAL, KEM_RANDOMNESS);
    }

    /** The keys of the session of the vectors. */
    public static SessionKeys keys() {
        try {
            return answer().keys();
        } catch (HandshakeException e) {
            throw new IllegalStateException(e);
        }
    }

    /** m2 with a payload of our choice, well encrypted. */
    static byte[] m2With(byte[] payload) throws NoiseException, HandshakeException {
        byte[] prologue = FixedInstallation.prologue().bytes();
        byte[] m1 = client().message1();
        byte[] ek = MlKem768.KeyPair.fromSeed(KEM_SEED).encapsulationKey();
        NkPsk2Responder noise = new NkPsk2Responder(
                prologue,
                FixedInstallation.STATIC.revealRaw(),
                FixedInstallation.STATIC.publicKey().raw());
        noise.readMessage1(m1);
        MlKem768.Encapsulation kem = MlKem768.encapsulate(ek, KEM_RANDOMNESS);
        byte[] psk = HandshakeFormat.psk(kem.sharedSecret(), prologue, m1, ek, kem.ciphertext());
        return Bytes.writer()
                .bytes(kem.ciphertext())
                .bytes(noise.writeMessage2(payload, DEVICE_EPHEMERAL, psk).message())
                .toByteArray();
    }

    /** m1 with a payload of our choice, well encrypted. */
    static byte[] m1With(byte[] payload) throws NoiseException {
        return new NkPsk2Initiator(
                        FixedInstallation.prologue().bytes(),
                        FixedInstallation.STATIC.publicKey().raw(),
                        CLIENT_EPHEMERAL)
                .writeMessage1(payload);
    }

    static byte[] p2(int version, byte[] ticketHash, long logSize, byte[] logRoot, String granted) {
        return Bytes.writer()
                .u8(version)
                .bytes(ticketHash)
                .u64(logSize)
                .bytes(logRoot)
                .lp(granted)
                .toByteArray();
    }

    static byte[] p1(int version, byte[] ek, String operations) {
        return p1(version, ek, operations, HEAD.bytes());
    }

    static byte[] p1(int version, byte[] ek, String operations, byte[] head) {
        return Bytes.writer().u8(version).bytes(ek).lp(operations).lp(head).toByteArray();
    }

    static byte[] append(byte[] bytes, int... more) {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + more.length);
        for (int i = 0; i < more.length; i++) {
            longer[bytes.length + i] = (byte) more[i];
        }
        return longer;
    }

    public static JsonObject produce() throws HandshakeException, NoiseException {
        ClientHandshake client = client();
        byte[] m1 = client.message1();
        String ticket = ticket();
        DeviceHandshake.Answer answer = answer();
        ClientHandshake.Completed completed = client.finish(answer.m2(), ticket);
        byte[] prologue = FixedInstallation.prologue().bytes();
        MlKem768.KeyPair kem = MlKem768.KeyPair.fromSeed(KEM_SEED);
        byte[] ek = kem.encapsulationKey();
        MlKem768.Encapsulation encapsulation = MlKem768.encapsulate(ek, KEM_RANDOMNESS);
        byte[] psk = HandshakeFormat.psk(encapsulation.sharedSecret(), prologue, m1, ek, encapsulation.ciphertext());
        NkPsk2Initiator noise = new NkPsk2Initiator(
                prologue, FixedInstallation.STATIC.publicKey().raw(), CLIENT_EPHEMERAL);
        byte[] p1 = new Payload1(ek, FixedInstallation.REQUESTED, HEAD).bytes();
        noise.writeMessage1(p1);
        NkPsk2Initiator.Result result =
                noise.readMessage2(Arrays.copyOfRange(answer.m2(), MlKem768.CT_LENGTH, answer.m2().length), psk);
        return Json.createObjectBuilder()
                .add(
                        "about",
                        "The handshake of session.md with fixed keys. Bytes are hexadecimal. ephemeralPrivate, kemSeed (d, z) and kemRandomness (m) are random in reality.")
                .add(
                        "session",
                        Json.createObjectBuilder()
                                .add("sid", FixedInstallation.SID.hex())
                                .add("issuer", FixedInstallation.ISSUER)
                                .add("domain", FixedInstallation.DOMAIN)
                                .add("user", FixedInstallation.USER)
                                .add("uid", FixedInstallation.UID)
                                .add("spki", hex(FixedInstallation.IDENTITY.spki()))
                                .add("prologue", hex(prologue)))
                .add(
                        "client",
                        Json.createObjectBuilder()
                                .add("ephemeralPrivate", hex(CLIENT_EPHEMERAL))
                                .add("ephemeralPublic", hex(X25519.publicOf(CLIENT_EPHEMERAL)))
                                .add("kemSeed", hex(KEM_SEED))
                                .add("ek", hex(ek))
                                .add("operations", array(FixedInstallation.REQUESTED)))
                .add(
                        "device",
                        Json.createObjectBuilder()
                                .add("staticPrivate", hex(FixedInstallation.STATIC.revealRaw()))
                                .add(
                                        "staticPublic",
                                        hex(FixedInstallation.STATIC.publicKey().raw()))
                                .add("ephemeralPrivate", hex(DEVICE_EPHEMERAL))
                                .add("ephemeralPublic", hex(X25519.publicOf(DEVICE_EPHEMERAL)))
                                .add("kemRandomness", hex(KEM_RANDOMNESS))
                                .add("granted", array(FixedInstallation.GRANTED)))
                .add("p1", hex(p1))
                .add("m1", hex(m1))
                .add("ct", hex(encapsulation.ciphertext()))
                .add("ss", hex(encapsulation.sharedSecret()))
                .add("psk", hex(psk))
                .add("ticket", ticket)
                .add("p2", hex(result.payload()))
                .add("m2", hex(answer.m2()))
                .add("handshakeHash", hex(result.keys().handshakeHash()))
                .add("kClient", hex(completed.keys().revealClientToAgent()))
                .add("kAgent", hex(completed.keys().revealAgentToClient()))
                .add("confirm", hex(completed.keys().confirmation()))
                .add("refusedByClient", refusedByClient(answer.m2(), ticket))
                .add("refusedByDevice", refusedByDevice(m1, ek))
                .build();
    }

    private static JsonArrayBuilder refusedByClient(byte[] m2, String ticket)
            throws NoiseException, HandshakeException {
        byte[] hash = Sha256.of(ticket);
        byte[] root = new byte[32];
        JsonArrayBuilder cases = Json.createArrayBuilder();
        cases.add(bad("another ticket than the answered one", "m2", m2, HandshakeException.Reason.OTHER_TICKET)
                .add("ticket", ticket.substring(0, ticket.length() - 1) + "_"));
        cases.add(bad(
                "version 2", "m2", m2With(p2(2, hash, 0, root, "terminal")), HandshakeException.Reason.WRONG_VERSION));
        cases.add(bad(
                "more granted than requested",
                "m2",
                m2With(p2(1, hash, 0, root, "desktop\nterminal")),
                HandshakeException.Reason.NOT_REQUESTED));
        cases.add(bad("nothing granted", "m2", m2With(p2(1, hash, 0, root, "")), HandshakeException.Reason.MALFORMED));
        cases.add(bad(
                "granted out of order",
                "m2",
                m2With(p2(1, hash, 0, root, "terminal\nexec")),
                HandshakeException.Reason.MALFORMED));
        cases.add(bad(
                "a head of one leaf with a root of zeros",
                "m2",
                m2With(p2(1, hash, 1, root, "terminal")),
                HandshakeException.Reason.NO_HEAD));
        cases.add(bad(
                "a head of no leaf with a root",
                "m2",
                m2With(p2(1, hash, 0, hash, "terminal")),
                HandshakeException.Reason.NO_HEAD));
        cases.add(bad(
                "a head of more than 2^53 leaves",
                "m2",
                m2With(p2(1, hash, (1L << 53) + 1, hash, "terminal")),
                HandshakeException.Reason.NO_HEAD));
        cases.add(bad(
                "a byte after the payload",
                "m2",
                m2With(append(p2(1, hash, 0, root, "terminal"), 0)),
                HandshakeException.Reason.MALFORMED));
        cases.add(bad("a byte after the message", "m2", append(m2, 0), HandshakeException.Reason.BAD_TAG));
        cases.add(bad("cut by one byte", "m2", Arrays.copyOf(m2, m2.length - 1), HandshakeException.Reason.BAD_TAG));
        cases.add(bad(
                "without a Noise message",
                "m2",
                Arrays.copyOf(m2, MlKem768.CT_LENGTH),
                HandshakeException.Reason.TOO_SHORT));
        cases.add(bad("4,097 bytes", "m2", Arrays.copyOf(m2, 4_097), HandshakeException.Reason.TOO_LARGE));
        byte[] otherCt = m2.clone();
        otherCt[0] ^= 1;
        cases.add(bad("another KEM ciphertext", "m2", otherCt, HandshakeException.Reason.BAD_TAG));
        byte[] lowOrder = m2.clone();
        Arrays.fill(lowOrder, MlKem768.CT_LENGTH, MlKem768.CT_LENGTH + 32, (byte) 0);
        cases.add(bad("an ephemeral key of low order", "m2", lowOrder, HandshakeException.Reason.LOW_ORDER_POINT));
        return cases;
    }

    private static JsonArrayBuilder refusedByDevice(byte[] m1, byte[] ek) throws NoiseException {
        JsonArrayBuilder cases = Json.createArrayBuilder();
        cases.add(bad("version 2", "m1", m1With(p1(2, ek, "exec\nterminal")), HandshakeException.Reason.WRONG_VERSION));
        cases.add(bad("no operations", "m1", m1With(p1(1, ek, "")), HandshakeException.Reason.MALFORMED));
        cases.add(bad(
                "operations repeated",
                "m1",
                m1With(p1(1, ek, "terminal\nterminal")),
                HandshakeException.Reason.MALFORMED));
        cases.add(bad(
                "a byte after the payload",
                "m1",
                m1With(append(p1(1, ek, "terminal"), 0)),
                HandshakeException.Reason.MALFORMED));
        cases.add(bad(
                "without a tree head",
                "m1",
                m1With(p1(1, ek, "exec\nterminal", new byte[0])),
                HandshakeException.Reason.MALFORMED));
        cases.add(bad(
                "a tree head cut by one byte",
                "m1",
                m1With(p1(1, ek, "exec\nterminal", Arrays.copyOf(HEAD.bytes(), HEAD.bytes().length - 1))),
                HandshakeException.Reason.MALFORMED));
        byte[] nonCanonical = ek.clone();
        nonCanonical[0] = 0x01;
        nonCanonical[1] = (byte) ((ek[1] & 0xf0) | 0x0d);
        cases.add(bad(
                "a coefficient of ek equal to q",
                "m1",
                m1With(p1(1, nonCanonical, "terminal")),
                HandshakeException.Reason.BAD_ENCAPSULATION_KEY));
        cases.add(bad("cut by one byte", "m1", Arrays.copyOf(m1, m1.length - 1), HandshakeException.Reason.BAD_TAG));
        cases.add(bad("47 bytes", "m1", Arrays.copyOf(m1, 47), HandshakeException.Reason.TOO_SHORT));
        cases.add(bad("4,097 bytes", "m1", Arrays.copyOf(m1, 4_097), HandshakeException.Reason.TOO_LARGE));
        byte[] lowOrder = m1.clone();
        Arrays.fill(lowOrder, 0, 32, (byte) 0);
        cases.add(bad("an ephemeral key of low order", "m1", lowOrder, HandshakeException.Reason.LOW_ORDER_POINT));
        return cases;
    }

    private static JsonObjectBuilder bad(String name, String member, byte[] message, HandshakeException.Reason reason) {
        return Json.createObjectBuilder()
                .add("name", name)
                .add(member, hex(message))
                .add("reason", reason.name());
    }

    private static JsonArrayBuilder array(Operations operations) {
        JsonArrayBuilder names = Json.createArrayBuilder();
        operations.names().forEach(names::add);
        return names;
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(Objects.requireNonNull(bytes));
    }

    /** Exposed for the records' vectors: HKDF-Expand(k, label, 32). */
    static byte[] expand(byte[] k, String label) {
        return Hkdf.expand(k, label.getBytes(java.nio.charset.StandardCharsets.US_ASCII), 32);
    }
}
