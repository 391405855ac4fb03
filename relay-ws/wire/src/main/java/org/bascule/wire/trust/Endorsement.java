package org.bascule.wire.trust;

import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import org.bascule.wire.B64;
import org.bascule.wire.Bytes;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.bascule.wire.keys.DeviceStaticPublicKey;

/**
 * A device says with its identity key: this is my static handshake key, until then.
 *
 * @param key the static key
 * @param notBefore whole seconds
 * @param notAfter at most 24 h later
 * @param counter grows with every endorsement of the device
 * @param signature 64 bytes; see {@link #verify}
 */
public record Endorsement(
        DeviceStaticPublicKey key, Instant notBefore, Instant notAfter, long counter, byte[] signature) {

    public static final Duration MAX_VALIDITY = Duration.ofHours(24);
    private static final String LABEL = "bascule/1 endorsement";

    public Endorsement {
        if (signature.length != 64) {
            throw new IllegalArgumentException("an endorsement's signature has 64 bytes");
        }
        if (counter < 1) {
            throw new IllegalArgumentException("an endorsement's counter starts at 1");
        }
        if (!notBefore.isBefore(notAfter) || notAfter.isAfter(notBefore.plus(MAX_VALIDITY))) {
            throw new IllegalArgumentException("an endorsement is valid for at most 24 h");
        }
        signature = signature.clone();
    }

    @Override
    public byte[] signature() {
        return signature.clone();
    }

    public static Endorsement sign(
            DeviceIdentityKey identity,
            String uid,
            String domain,
            DeviceStaticPublicKey key,
            Instant notBefore,
            Instant notAfter,
            long counter) {
        byte[] signed = signedBytes(uid, domain, key, notBefore, notAfter, counter);
        return new Endorsement(key, notBefore, notAfter, counter, identity.sign(signed));
    }

    /** Fails unless the identity key signed exactly this for the device, and {@code at} lies within the validity. */
    public void verify(DeviceIdentityPublicKey identity, String uid, String domain, Instant at) throws WireException {
        identity.verify(signedBytes(uid, domain, key, notBefore, notAfter, counter), signature);
        requireValid(at);
    }

    /** For one whose signature was verified before. */
    public void requireValid(Instant at) throws WireException {
        if (at.isBefore(notBefore) || at.isAfter(notAfter)) {
            throw new WireException(WireException.Reason.EXPIRED, "the endorsement is not valid now");
        }
    }

    private static byte[] signedBytes(
            String uid, String domain, DeviceStaticPublicKey key, Instant notBefore, Instant notAfter, long counter) {
        return Bytes.writer()
                .ascii(LABEL)
                .u8(0)
                .lp(uid)
                .lp(domain)
                .bytes(key.raw())
                .u64(notBefore.getEpochSecond())
                .u64(notAfter.getEpochSecond())
                .u64(counter)
                .toByteArray();
    }

    public JsonObject toJson() {
        return Json.createObjectBuilder()
                .add("key", B64.encode(key.raw()))
                .add("notBefore", notBefore.getEpochSecond())
                .add("notAfter", notAfter.getEpochSecond())
                .add("counter", counter)
                .add("signature", B64.encode(signature))
                .build();
    }

    public static Endorsement parse(StrictJson json) throws WireException {
        try {
            return new Endorsement(
                    new DeviceStaticPublicKey(json.bytes("key", DeviceStaticPublicKey.LENGTH)),
                    Instant.ofEpochSecond(json.number("notBefore", 0, 1L << 40)),
                    Instant.ofEpochSecond(json.number("notAfter", 0, 1L << 40)),
                    json.number("counter", 1, 1L << 53),
                    json.bytes("signature", 64));
        } catch (IllegalArgumentException e) {
            throw new WireException(WireException.Reason.MALFORMED, String.valueOf(e.getMessage()), e);
        }
    }
}
