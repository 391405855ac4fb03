package org.bascule.wire.log;

import java.util.ArrayList;
import java.util.List;

/** Makes proofs (RFC 9162 sections 2.1.3.1 and 2.1.4.1) from the hashes of complete subtrees, wherever those are stored. */
public final class MerkleProofs {

    /** Hashes of complete subtrees. */
    @FunctionalInterface
    public interface Subtrees {

        /**
         * Hash of the {@code 2^level} leaves from {@code index * 2^level} on.
         *
         * @param level 0 for a leaf
         */
        byte[] hash(int level, long index);
    }

    private final Subtrees subtrees;

    public MerkleProofs(Subtrees subtrees) {
        this.subtrees = subtrees;
    }

    /** Root of the first {@code size} leaves. */
    public byte[] root(long size) {
        return size == 0 ? Merkle.emptyRoot() : root(0, size);
    }

    private byte[] root(long start, long count) {
        if (Long.bitCount(count) == 1) {
            int level = Long.numberOfTrailingZeros(count);
            return subtrees.hash(level, start >> level);
        }
        long left = split(count);
        return Merkle.node(root(start, left), root(start + left, count - left));
    }

    /** The largest power of two strictly below a count of at least 2. */
    private static long split(long count) {
        return Long.highestOneBit(count - 1);
    }

    /** The complete subtrees of the first {@code size} leaves, the largest first: what a {@link MerkleFrontier} starts from. */
    public List<byte[]> frontier(long size) {
        List<byte[]> hashes = new ArrayList<>();
        long start = 0;
        for (long rest = size; rest > 0; rest -= Long.highestOneBit(rest)) {
            int level = 63 - Long.numberOfLeadingZeros(rest);
            hashes.add(subtrees.hash(level, start >> level));
            start += 1L << level;
        }
        return hashes;
    }

    /** That the leaf at {@code index} is among the first {@code size}. */
    public List<byte[]> inclusion(long index, long size) {
        if (index < 0 || index >= size) {
            throw new IllegalArgumentException("no leaf %d among %d".formatted(index, size));
        }
        List<byte[]> path = new ArrayList<>();
        inclusion(index, 0, size, path);
        return path;
    }

    private void inclusion(long index, long start, long count, List<byte[]> path) {
        if (count == 1) {
            return;
        }
        long left = split(count);
        if (index < left) {
            inclusion(index, start, left, path);
            path.add(root(start + left, count - left));
        } else {
            inclusion(index - left, start + left, count - left, path);
            path.add(root(start, left));
        }
    }

    /** That the first {@code first} leaves are the beginning of the first {@code second}; empty if either is none or both are the same. */
    public List<byte[]> consistency(long first, long second) {
        if (first < 0 || first > second) {
            throw new IllegalArgumentException("%d leaves are not the beginning of %d".formatted(first, second));
        }
        List<byte[]> path = new ArrayList<>();
        if (first > 0 && first < second) {
            consistency(first, 0, second, true, path);
        }
        return path;
    }

    private void consistency(long first, long start, long count, boolean known, List<byte[]> path) {
        if (first == count) {
            if (!known) {
                path.add(root(start, count));
            }
            return;
        }
        long left = split(count);
        if (first <= left) {
            consistency(first, start, left, known, path);
            path.add(root(start + left, count - left));
        } else {
            consistency(first - left, start + left, count - left, false, path);
            path.add(root(start, left));
        }
    }
}
