package org.bascule.domain.transparency;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Hashes of complete subtrees that were read lately: they never change, and most of a proof is the same from one session to the next. Holds what was committed, so
 * it is for readers alone and never for the sealer, which must see what is stored.
 */
@ApplicationScoped
public class SubtreeCache {

    /** About 5 MB. */
    static final int MAX = 20_000;

    private record Key(String tree, int level, long index) {}

    // guarded by itself
    private final Map<Key, byte[]> hashes = new LinkedHashMap<>(1_024, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, byte[]> eldest) {
            return size() > MAX;
        }
    };

    /** The hash, read if it is not known. */
    public byte[] hash(String tree, int level, long index, Supplier<byte[]> read) {
        Key key = new Key(tree, level, index);
        synchronized (hashes) {
            byte[] known = hashes.get(key);
            if (known != null) {
                return known;
            }
        }
        byte[] hash = read.get();
        synchronized (hashes) {
            hashes.put(key, hash);
        }
        return hash;
    }
}
