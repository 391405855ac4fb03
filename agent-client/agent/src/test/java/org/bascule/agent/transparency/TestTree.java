package org.bascule.agent.transparency;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.bascule.agent.TestInstallation;
import org.bascule.wire.keys.LogSigningKey;
import org.bascule.wire.log.LogProofs;
import org.bascule.wire.log.Merkle;
import org.bascule.wire.log.MerkleProofs;
import org.bascule.wire.log.TreeHead;

/** A tree of the installation's domain, as an access server could show it. */
public final class TestTree {

    public static final long SIZE = 13;

    private final TestInstallation installation;
    private final String entries;
    private final MerkleProofs proofs = new MerkleProofs(this::subtree);

    public TestTree(TestInstallation installation, String entries) {
        this.installation = installation;
        this.entries = entries;
    }

    private byte[] subtree(int level, long index) {
        return level == 0
                ? Merkle.leaf((entries + index).getBytes(StandardCharsets.US_ASCII))
                : Merkle.node(subtree(level - 1, 2 * index), subtree(level - 1, 2 * index + 1));
    }

    public TreeHead head(long size) {
        return head(size, installation.logKey);
    }

    TreeHead head(long size, LogSigningKey key) {
        return TreeHead.sign(
                installation.domain, size, proofs.root(size), TestInstallation.NOW.minusSeconds(100 - size), key);
    }

    Optional<LogProofs.Growth> growth(long first, long second) {
        return Optional.of(new LogProofs.Growth(first, second, proofs.consistency(first, second)));
    }
}
