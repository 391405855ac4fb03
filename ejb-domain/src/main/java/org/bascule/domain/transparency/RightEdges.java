package org.bascule.domain.transparency;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bascule.wire.log.MerkleFrontier;
import org.bascule.wire.log.TreeHead;

/** The right edge of a stored tree, believed only if it gives the root that was signed. */
@Stateless
public class RightEdges {

    @Inject
    TreeStore trees;

    /** Computed from what is stored; empty if that is not what was signed last, because somebody has changed it. */
    public Optional<MerkleFrontier> signed(String tree) {
        long size = trees.size(tree);
        List<byte[]> subtrees;
        try {
            subtrees = trees.proofs(tree).frontier(size);
        } catch (IllegalStateException notWhole) {
            return Optional.empty();
        }
        MerkleFrontier frontier = MerkleFrontier.of(size, subtrees);
        return isOf(trees.head(tree), frontier) ? Optional.of(frontier) : Optional.empty();
    }

    /** Leaves and head are stored together, so without a head there are no leaves. */
    private static boolean isOf(Optional<TreeHead> head, MerkleFrontier frontier) {
        return head.map(signed -> signed.size() == frontier.size() && Arrays.equals(signed.root(), frontier.root()))
                .orElse(frontier.size() == 0);
    }
}
