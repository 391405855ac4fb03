package org.bascule.wire.log;

import java.security.MessageDigest;
import java.util.List;
import org.bascule.wire.Sha256;
import org.bascule.wire.WireException;

/**
 * Hashes and proofs of a Merkle tree over SHA-256 (RFC 9162 section 2.1).
 *
 * <pre>
 * MTH({})     = SHA-256()
 * MTH({d})    = SHA-256(00 ‖ d)
 * MTH(D[n])   = SHA-256(01 ‖ MTH(D[0:k]) ‖ MTH(D[k:n]))     k: the largest power of two below n
 * </pre>
 */
public final class Merkle {

    /** Nodes of a proof: enough for 2^63 leaves. */
    public static final int MAX_PATH = 64;

    private static final byte[] LEAF = {0};
    private static final byte[] NODE = {1};

    private Merkle() {}

    /** Root of the tree without leaves. */
    public static byte[] emptyRoot() {
        return Sha256.of(new byte[0]);
    }

    /** Hash of a leaf. */
    public static byte[] leaf(byte[] bytes) {
        return Sha256.of(LEAF, bytes);
    }

    /** Hash of a node. */
    public static byte[] node(byte[] left, byte[] right) {
        return Sha256.of(NODE, left, right);
    }

    /**
     * Verifies that a leaf is in a tree (RFC 9162 section 2.1.3.2); {@code BAD_SIGNATURE} if it is not proved.
     *
     * @param index place of the leaf, from 0
     */
    public static void verifyInclusion(byte[] leafHash, long index, long size, List<byte[]> path, byte[] root)
            throws WireException {
        requireHashes(path);
        if (index < 0 || index >= size) {
            throw unproved("a tree of %d leaves has none at %d".formatted(size, index));
        }
        long place = index;
        long last = size - 1;
        byte[] hash = leafHash;
        for (byte[] sibling : path) {
            if (last == 0) {
                throw unproved("the inclusion proof is too long");
            }
            if ((place & 1) == 1 || place == last) {
                hash = node(sibling, hash);
                while ((place & 1) == 0 && place != 0) {
                    place >>= 1;
                    last >>= 1;
                }
            } else {
                hash = node(hash, sibling);
            }
            place >>= 1;
            last >>= 1;
        }
        if (last != 0 || !MessageDigest.isEqual(hash, root)) {
            throw unproved("the inclusion proof does not lead to the root");
        }
    }

    /**
     * Verifies that a tree is the beginning of a later one (RFC 9162 section 2.1.4.2); {@code BAD_SIGNATURE} if it is not proved. A tree is the beginning of itself,
     * and the empty one of every tree, with an empty proof.
     */
    public static void verifyConsistency(
            long first, byte[] firstRoot, long second, byte[] secondRoot, List<byte[]> path) throws WireException {
        requireHashes(path);
        if (first < 0 || first > second) {
            throw unproved("a tree of %d leaves is not the beginning of one of %d".formatted(first, second));
        }
        if (first == 0 || first == second) {
            byte[] expected = first == 0 ? emptyRoot() : secondRoot;
            if (!path.isEmpty() || !MessageDigest.isEqual(firstRoot, expected)) {
                throw unproved("two trees of the same size have different roots");
            }
            return;
        }
        verifyGrowth(first, firstRoot, second, secondRoot, path);
    }

    private static void verifyGrowth(long first, byte[] firstRoot, long second, byte[] secondRoot, List<byte[]> path)
            throws WireException {
        if (path.isEmpty()) {
            throw unproved("the consistency proof is too short");
        }
        long from = first - 1;
        long to = second - 1;
        while ((from & 1) == 1) {
            from >>= 1;
            to >>= 1;
        }
        // a first tree that is complete is a node of the second: its root is not in the proof
        boolean complete = (first & (first - 1)) == 0;
        byte[] before = complete ? firstRoot : path.get(0);
        byte[] after = before;
        for (byte[] node : complete ? path : path.subList(1, path.size())) {
            if (to == 0) {
                throw unproved("the consistency proof is too long");
            }
            if ((from & 1) == 1 || from == to) {
                before = node(node, before);
                after = node(node, after);
                while ((from & 1) == 0 && from != 0) {
                    from >>= 1;
                    to >>= 1;
                }
            } else {
                after = node(after, node);
            }
            from >>= 1;
            to >>= 1;
        }
        if (to != 0 || !MessageDigest.isEqual(before, firstRoot) || !MessageDigest.isEqual(after, secondRoot)) {
            throw unproved("the consistency proof does not lead to both roots");
        }
    }

    private static void requireHashes(List<byte[]> path) throws WireException {
        if (path.size() > MAX_PATH || path.stream().anyMatch(hash -> hash.length != Sha256.LENGTH)) {
            throw WireException.malformed("a proof is at most %d hashes of 32 bytes".formatted(MAX_PATH));
        }
    }

    private static WireException unproved(String message) {
        return new WireException(WireException.Reason.BAD_SIGNATURE, message);
    }
}
