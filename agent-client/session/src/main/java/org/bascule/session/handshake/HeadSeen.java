package org.bascule.session.handshake;

import java.util.Arrays;
import java.util.Objects;
import org.bascule.wire.Sha256;
import org.bascule.wire.log.TreeHead;
import org.jspecify.annotations.Nullable;

/**
 * What the device says in m2 about its domain's tree: the client's head, if that fits all the heads that the device has seen, otherwise the newest of those.
 *
 * @param size leaves; 0 if it has seen no head
 * @param root 32 bytes
 */
public record HeadSeen(long size, byte[] root) {

    /** Of a device that has seen no head. */
    public static final HeadSeen NONE = new HeadSeen(0, new byte[Sha256.LENGTH]);

    public HeadSeen {
        if (size < 0 || size > TreeHead.MAX_SIZE || root.length != Sha256.LENGTH) {
            throw new IllegalArgumentException("a head has a size of 0 to 2^53 and a root of 32 bytes");
        }
        root = root.clone();
    }

    public static HeadSeen of(TreeHead head) {
        return new HeadSeen(head.size(), head.root());
    }

    @Override
    public byte[] root() {
        return root.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof HeadSeen that && size == that.size && Arrays.equals(root, that.root);
    }

    @Override
    public int hashCode() {
        return Objects.hash(size, Arrays.hashCode(root));
    }
}
