package org.bascule.wire.log;

import java.util.ArrayList;
import java.util.List;

/**
 * A growing tree of which only the right edge is kept: one hash for each bit that is set in the size, so memory is constant for trees of any length. Not safe for
 * several threads.
 */
public final class MerkleFrontier {

    /** Complete subtrees from the left, the largest first. */
    private final List<byte[]> subtrees;

    private long size;

    private MerkleFrontier(long size, List<byte[]> subtrees) {
        this.size = size;
        this.subtrees = subtrees;
    }

    /** The tree without leaves. */
    public static MerkleFrontier empty() {
        return new MerkleFrontier(0, new ArrayList<>());
    }

    /**
     * A tree of which the right edge is known.
     *
     * @param subtrees hashes of its complete subtrees, the largest first: as many as bits are set in the size
     */
    public static MerkleFrontier of(long size, List<byte[]> subtrees) {
        if (size < 0 || Long.bitCount(size) != subtrees.size()) {
            throw new IllegalArgumentException("%d subtrees for size %d".formatted(subtrees.size(), size));
        }
        return new MerkleFrontier(size, new ArrayList<>(subtrees));
    }

    public long size() {
        return size;
    }

    /** Told of each complete subtree that a leaf completes. */
    @FunctionalInterface
    public interface Completed {

        /** The subtree of {@code 2^level} leaves that starts at {@code index * 2^level}. */
        void subtree(int level, long index, byte[] hash);
    }

    /** Adds a leaf by its hash. */
    public void append(byte[] leafHash) {
        append(leafHash, (level, index, hash) -> {});
    }

    /** Adds a leaf by its hash, and tells of every subtree of two or more leaves that it completes. */
    public void append(byte[] leafHash, Completed completed) {
        byte[] hash = leafHash;
        int level = 0;
        for (long rest = size; (rest & 1) == 1; rest >>= 1) {
            hash = Merkle.node(subtrees.remove(subtrees.size() - 1), hash);
            level++;
            completed.subtree(level, size >> level, hash);
        }
        subtrees.add(hash);
        size++;
    }

    /** Root of the tree as it is now. */
    public byte[] root() {
        if (subtrees.isEmpty()) {
            return Merkle.emptyRoot();
        }
        byte[] hash = subtrees.get(subtrees.size() - 1);
        for (int i = subtrees.size() - 2; i >= 0; i--) {
            hash = Merkle.node(subtrees.get(i), hash);
        }
        return hash;
    }
}
