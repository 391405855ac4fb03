package org.bascule.session.service;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.bascule.wire.WireException;

/**
 * One entry of a folder, as {@code list} sends it: {@code kind u8 ‖ mode u16 ‖ size u64 ‖ modified i64 ‖ uid u32 ‖ gid u32 ‖ u16 length ‖ name ‖ u16 length ‖ target}, big-endian.
 *
 * @param kind what it is; a link is not followed
 * @param mode permission bits with set-user-id, set-group-id and sticky
 * @param size bytes
 * @param modified milliseconds since 1970
 * @param name its bytes, one for each character
 * @param target of a link, its bytes; otherwise empty
 */
public record FileEntry(Kind kind, int mode, long size, long modified, long uid, long gid, String name, String target) {

    /** What an entry can be. */
    public enum Kind {
        FILE('f'),
        FOLDER('d'),
        LINK('l'),
        OTHER('o');

        private final char code;

        Kind(char code) {
            this.code = code;
        }

        public char code() {
            return code;
        }

        public static Optional<Kind> of(int code) {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return Optional.of(kind);
                }
            }
            return Optional.empty();
        }
    }

    private static final int FIXED = 1 + 2 + 8 + 8 + 4 + 4 + 2 + 2;
    /** Of the longest name and target. */
    public static final int MAX_LENGTH = FIXED + 255 + FilePath.MAX_LENGTH;

    /** Appends it; there must be {@link #MAX_LENGTH} left. */
    public void put(ByteBuffer to) {
        to.put((byte) kind.code)
                .putShort((short) mode)
                .putLong(size)
                .putLong(modified)
                .putInt((int) uid)
                .putInt((int) gid);
        put(to, name);
        put(to, target);
    }

    private static void put(ByteBuffer to, String raw) {
        byte[] bytes = raw.getBytes(StandardCharsets.ISO_8859_1);
        to.putShort((short) bytes.length).put(bytes);
    }

    /** The next entry; empty at the end. */
    public static Optional<FileEntry> read(InputStream in) throws IOException, WireException {
        int code = in.read();
        if (code < 0) {
            return Optional.empty();
        }
        DataInputStream data = new DataInputStream(in);
        Kind kind = Kind.of(code).orElseThrow(() -> WireException.malformed("an unknown kind of entry"));
        try {
            FileEntry entry = new FileEntry(
                    kind,
                    data.readUnsignedShort(),
                    data.readLong(),
                    data.readLong(),
                    Integer.toUnsignedLong(data.readInt()),
                    Integer.toUnsignedLong(data.readInt()),
                    name(data),
                    raw(data));
            if (entry.size < 0) {
                throw WireException.malformed("a negative size");
            }
            return Optional.of(entry);
        } catch (EOFException e) {
            throw new WireException(WireException.Reason.MALFORMED, "half an entry", e);
        }
    }

    /** Whoever puts it behind a path must be able to rely on it. */
    private static String name(DataInputStream data) throws IOException, WireException {
        try {
            return FilePath.requireName(raw(data));
        } catch (IllegalArgumentException e) {
            throw new WireException(WireException.Reason.MALFORMED, String.valueOf(e.getMessage()), e);
        }
    }

    private static String raw(DataInputStream data) throws IOException {
        return new String(data.readNBytes(data.readUnsignedShort()), StandardCharsets.ISO_8859_1);
    }
}
