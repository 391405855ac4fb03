package org.bascule.wire.log;

import jakarta.json.JsonObject;
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
import org.bascule.wire.keys.Ed25519PublicKey;
import org.bascule.wire.keys.LogPublicKey;
import org.bascule.wire.keys.LogSigningKey;
import org.bascule.wire.trust.KeySet;
import org.jspecify.annotations.Nullable;

/**
 * A signed tree head. A value of this class is not necessarily verified: {@link #verify} says so.
 *
 * <pre>
 * signed = "bascule/1 tree head" ‖ 00 ‖ lp(tree) ‖ size u64 ‖ root[32] ‖ time u64      // milliseconds since 1970
 * bytes  = size u64 ‖ root[32] ‖ time u64 ‖ lp(kid) ‖ signature[64]                     // in m1, where the tree is that of the session's domain
 * </pre>
 *
 * @param tree domain id, or {@link #INSTALLATION}
 * @param size leaves
 * @param root of these leaves, 32 bytes
 * @param time when it was signed, in milliseconds
 * @param kid of the log key
 * @param signature Ed25519, 64 bytes
 */
public record TreeHead(String tree, long size, byte[] root, Instant time, String kid, byte[] signature) {

    /** The tree of the installation itself. */
    public static final String INSTALLATION = "00000000-0000-0000-0000-000000000000";

    /** Beyond it, JSON numbers are not exact everywhere. */
    public static final long MAX_SIZE = 1L << 53;

    private static final String LABEL = "bascule/1 tree head";
    private static final int MAX_KID = 64;
    private static final long MAX_MILLIS = 1L << 50;

    public TreeHead {
        if (size < 0 || size > MAX_SIZE || root.length != Sha256.LENGTH) {
            throw new IllegalArgumentException("a tree head has a size of 0 to 2^53 and a root of 32 bytes");
        }
        root = root.clone();
        signature = signature.clone();
    }

    @Override
    public byte[] root() {
        return root.clone();
    }

    @Override
    public byte[] signature() {
        return signature.clone();
    }

    /** Signs a head. */
    public static TreeHead sign(String tree, long size, byte[] root, Instant time, LogSigningKey key) {
        Instant at = time.truncatedTo(ChronoUnit.MILLIS);
        return new TreeHead(
                tree, size, root, at, key.publicKey().kid(), key.sign(signed(tree, size, root, at.toEpochMilli())));
    }

    private static byte[] signed(String tree, long size, byte[] root, long millis) {
        return Bytes.writer()
                .ascii(LABEL)
                .u8(0)
                .lp(tree)
                .u64(size)
                .bytes(root)
                .u64(millis)
                .toByteArray();
    }

    /** Fails with {@code BAD_SIGNATURE} unless a log key of the key set that was valid at the head's time signed it. */
    public void verify(KeySet keys) throws WireException {
        LogPublicKey key = keys.logKey(kid, time);
        key.verify(signed(tree, size, root, time.toEpochMilli()), signature);
    }

    /** The binary form, which leaves out the tree. */
    public byte[] bytes() {
        return Bytes.writer()
                .u64(size)
                .bytes(root)
                .u64(time.toEpochMilli())
                .lp(kid)
                .bytes(signature)
                .toByteArray();
    }

    /** Reads {@link #bytes}; not verified. */
    public static TreeHead parse(String tree, byte[] bytes) throws WireException {
        Bytes.Reader in = Bytes.reader(bytes);
        long size = bounded(in.u64(), MAX_SIZE);
        byte[] root = in.bytes(Sha256.LENGTH);
        long millis = bounded(in.u64(), MAX_MILLIS);
        byte[] kid = in.lp();
        byte[] signature = in.bytes(Ed25519PublicKey.SIGNATURE_LENGTH);
        in.end();
        if (kid.length == 0 || kid.length > MAX_KID) {
            throw WireException.malformed("a kid has 1 to 64 characters");
        }
        return new TreeHead(
                tree, size, root, Instant.ofEpochMilli(millis), new String(kid, StandardCharsets.US_ASCII), signature);
    }

    private static long bounded(long value, long max) throws WireException {
        if (value < 0 || value > max) {
            throw WireException.malformed("a number of a tree head is too large");
        }
        return value;
    }

    public JsonObject toJson() {
        return Json.createObjectBuilder()
                .add("tree", tree)
                .add("size", size)
                .add("root", B64.encode(root))
                .add("time", time.toString())
                .add("kid", kid)
                .add("signature", B64.encode(signature))
                .build();
    }

    public static TreeHead parse(StrictJson json) throws WireException {
        try {
            return new TreeHead(
                    json.string("tree", 36),
                    json.number("size", 0, MAX_SIZE),
                    json.bytes("root", Sha256.LENGTH),
                    Instant.parse(json.string("time", 40)),
                    json.string("kid", 64),
                    json.bytes("signature", Ed25519PublicKey.SIGNATURE_LENGTH));
        } catch (DateTimeException e) {
            throw new WireException(WireException.Reason.MALFORMED, "not a time", e);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TreeHead that
                && tree.equals(that.tree)
                && size == that.size
                && Arrays.equals(root, that.root)
                && time.equals(that.time)
                && kid.equals(that.kid)
                && Arrays.equals(signature, that.signature);
    }

    @Override
    public int hashCode() {
        return Objects.hash(tree, size, Arrays.hashCode(root), time, kid, Arrays.hashCode(signature));
    }
}
