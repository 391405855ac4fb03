package org.bascule.domain.transparency;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bascule.wire.log.MerkleProofs;
import org.bascule.wire.log.TreeHead;

/**
 * The newest head of each tree that this node has signed or found stored. Whoever may delete in the database can take the log back to an older head, which fits what is
 * left; what runs remembers that there was more. Only in memory: a restart accepts what is stored then.
 */
@ApplicationScoped
public class SeenHeads {

    private static final int MAX_TREES = 10_000;

    private final Map<String, TreeHead> heads = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, TreeHead> eldest) {
            return size() > MAX_TREES;
        }
    };

    private final Set<String> contradicted = new HashSet<>();

    /** A head that was committed; an older one than is known changes nothing, because transactions end in any order. */
    synchronized void remember(TreeHead head) {
        TreeHead known = heads.get(head.tree());
        if (known == null || known.size() < head.size()) {
            heads.put(head.tree(), head);
        }
    }

    /**
     * Whether a stored tree goes on from what this node has seen. To be asked while the tree is locked, so that what is stored is not older than what is known.
     *
     * @param stored its newest head
     * @param proofs of the stored tree
     */
    boolean isContinued(String tree, Optional<TreeHead> stored, MerkleProofs proofs) {
        Optional<TreeHead> known = known(tree);
        boolean continued = known.isEmpty() || stored.isPresent() && extend(known.get(), stored.get(), proofs);
        note(tree, continued);
        return continued;
    }

    /** A head that another node has signed, if its tree goes on from what is known. */
    void observe(TreeHead stored, MerkleProofs proofs) {
        Optional<TreeHead> known = known(stored.tree());
        if (known.isEmpty() || known.get().size() < stored.size() && extend(known.get(), stored, proofs)) {
            remember(stored);
        }
    }

    private static boolean extend(TreeHead known, TreeHead stored, MerkleProofs proofs) {
        if (stored.size() <= known.size()) {
            return stored.size() == known.size() && Arrays.equals(stored.root(), known.root());
        }
        try {
            return Arrays.equals(proofs.root(known.size()), known.root());
        } catch (IllegalStateException notWhole) {
            return false;
        }
    }

    private synchronized Optional<TreeHead> known(String tree) {
        return Optional.ofNullable(heads.get(tree));
    }

    private synchronized void note(String tree, boolean continued) {
        if (continued) {
            contradicted.remove(tree);
        } else {
            contradicted.add(tree);
        }
    }

    /** Whether this node has refused to continue the tree when it looked last. */
    synchronized boolean isContradicted(String tree) {
        return contradicted.contains(tree);
    }
}
