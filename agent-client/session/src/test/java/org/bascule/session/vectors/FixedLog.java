package org.bascule.session.vectors;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bascule.wire.keys.LogSigningKey;
import org.bascule.wire.log.LogEntry;
import org.bascule.wire.log.LogProofs;
import org.bascule.wire.log.Merkle;
import org.bascule.wire.log.MerkleProofs;
import org.bascule.wire.log.TreeHead;

/** The tree of the fixed domain: {@link #SIZE} leaves, of which one is the device's certificate. And forks of it. */
public final class FixedLog {

    /** Leaves of the newest head. */
    public static final int SIZE = 11;
    /** Place of the certificate. */
    public static final int INDEX = 4;
    /** Leaves of an earlier head, which a client may remember. */
    public static final int EARLIER = 6;

    /** The tree that everybody is shown. */
    public static final FixedLog HONEST = new FixedLog("log entry", FixedInstallation.deviceCertificate());
    /** A second one, with the certificate at the same place and other entries elsewhere. */
    public static final FixedLog FORKED = new FixedLog("forked entry", FixedInstallation.deviceCertificate());
    /** One in which the certificate does not stand. */
    public static final FixedLog WITHOUT = new FixedLog("log entry", new byte[] {0});

    private final List<byte[]> leaves = new ArrayList<>();
    private final MerkleProofs proofs = new MerkleProofs(this::subtree);

    private FixedLog(String others, byte[] certificate) {
        for (int i = 0; i < SIZE; i++) {
            byte[] entry = i == INDEX
                    ? new LogEntry.Certificate(FixedInstallation.DOMAIN, FixedInstallation.UID, certificate).leaf()
                    : (others + " " + i).getBytes(StandardCharsets.US_ASCII);
            leaves.add(Merkle.leaf(entry));
        }
    }

    private byte[] subtree(int level, long index) {
        if (level == 0) {
            return leaves.get((int) index);
        }
        return Merkle.node(subtree(level - 1, 2 * index), subtree(level - 1, 2 * index + 1));
    }

    public TreeHead head(long size) {
        return head(size, FixedInstallation.LOG_KEY, FixedInstallation.DOMAIN);
    }

    public TreeHead head(long size, LogSigningKey key, String tree) {
        return TreeHead.sign(tree, size, proofs.root(size), FixedInstallation.NOW.minusSeconds(60 - size), key);
    }

    public List<byte[]> consistency(long first, long second) {
        return proofs.consistency(first, second);
    }

    public LogProofs proofs(TreeHead head, Optional<Long> from) {
        return new LogProofs(
                head,
                INDEX,
                proofs.inclusion(INDEX, head.size()),
                from.map(first -> new LogProofs.Consistency(first, proofs.consistency(first, head.size()))));
    }

    /** With the newest head. */
    public LogProofs proofs(Optional<Long> from) {
        return proofs(head(SIZE), from);
    }
}
