package org.bascule.agent.posix;

import com.sun.jna.Memory;

/**
 * What statx(2) says about a file.
 *
 * @param mode with the type, see inode(7)
 * @param modifiedSeconds since 1970
 * @param device number of the file system
 */
public record Stat(
        int mode,
        long links,
        long uid,
        long gid,
        long inode,
        long size,
        long modifiedSeconds,
        long modifiedNanos,
        long changedSeconds,
        long changedNanos,
        long device) {

    static final int LENGTH = 256;
    private static final int TYPE = 0170000;

    /** From {@code struct statx}, which is the same on every processor. */
    static Stat of(Memory buffer) {
        return new Stat(
                buffer.getShort(28) & 0xffff,
                Integer.toUnsignedLong(buffer.getInt(16)),
                Integer.toUnsignedLong(buffer.getInt(20)),
                Integer.toUnsignedLong(buffer.getInt(24)),
                buffer.getLong(32),
                buffer.getLong(40),
                buffer.getLong(112),
                Integer.toUnsignedLong(buffer.getInt(120)),
                buffer.getLong(96),
                Integer.toUnsignedLong(buffer.getInt(104)),
                (Integer.toUnsignedLong(buffer.getInt(136)) << 32) | Integer.toUnsignedLong(buffer.getInt(140)));
    }

    public boolean isFile() {
        return (mode & TYPE) == 0100000;
    }

    public boolean isFolder() {
        return (mode & TYPE) == 0040000;
    }

    public boolean isLink() {
        return (mode & TYPE) == 0120000;
    }

    /** Without the type. */
    public int permissions() {
        return mode & 07777;
    }

    /** Milliseconds since 1970. */
    public long modified() {
        return modifiedSeconds * 1_000 + modifiedNanos / 1_000_000;
    }

    public boolean isSameFile(Stat other) {
        return inode == other.inode && device == other.device;
    }

    /** Changes whenever the file or its content does. */
    public String tag() {
        return Long.toHexString(device)
                + "-" + Long.toHexString(inode)
                + "-" + Long.toHexString(size)
                + "-" + Long.toHexString(modifiedSeconds) + "." + Long.toHexString(modifiedNanos)
                + "-" + Long.toHexString(changedSeconds) + "." + Long.toHexString(changedNanos);
    }
}
