package org.bascule.control.copy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bascule.session.service.FilePath;
import org.bascule.wire.Sha256;

/**
 * The file beside its target in which a download grows, and which the same download finds again. Held by one at a time, of this program or another.
 *
 * <p>The lock ends as soon as this program closes any other channel to the file, so there is none until it is closed.
 */
final class Partial implements AutoCloseable {

    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();
    private static final byte[] SEPARATOR = {0};

    private final Path path;
    private final FileChannel file;

    private Partial(Path path, FileChannel file) {
        this.path = path;
        this.file = file;
    }

    /**
     * Of what is begun there.
     *
     * @param device its uid
     */
    static Partial open(String device, FilePath from, Path target) throws IOException {
        Path path = beside(target.toAbsolutePath(), device, from);
        if (!HELD.add(path)) {
            throw inUse();
        }
        boolean mine = false;
        try {
            Partial partial = new Partial(path, lock(path));
            mine = true;
            return partial;
        } finally {
            if (!mine) {
                HELD.remove(path);
            }
        }
    }

    private static Path beside(Path target, String device, FilePath from) {
        byte[] hash = Sha256.of(
                device.getBytes(StandardCharsets.UTF_8),
                SEPARATOR,
                from.bytes(),
                SEPARATOR,
                String.valueOf(target.getFileName()).getBytes(StandardCharsets.UTF_8));
        return target.resolveSibling(".bascule-" + HexFormat.of().formatHex(hash, 0, 16) + ".part");
    }

    private static FileChannel lock(Path path) throws IOException {
        while (true) {
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !isThere(path)) {
                Files.delete(path);
            }
            FileChannel file = FileChannel.open(
                    path,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    LinkOption.NOFOLLOW_LINKS);
            boolean mine = false;
            try {
                lock(file);
                // who held it until now may have finished it
                mine = isThere(path);
            } finally {
                if (!mine) {
                    file.close();
                }
            }
            if (mine) {
                return file;
            }
        }
    }

    private static void lock(FileChannel file) throws IOException {
        try {
            if (file.tryLock() == null) {
                throw inUse();
            }
        } catch (OverlappingFileLockException e) {
            throw inUse();
        }
    }

    private static IOException inUse() {
        return new IOException("another download of the same file to the same place is running");
    }

    private static boolean isThere(Path path) {
        return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
    }

    FileChannel file() {
        return file;
    }

    Path path() {
        return path;
    }

    /** Bytes that are there. */
    long size() throws IOException {
        return file.size();
    }

    /** What is there is not the beginning of the file any more. */
    void restart() throws IOException {
        file.truncate(0);
    }

    void delete() throws IOException {
        Files.deleteIfExists(path);
    }

    /** It is whole. */
    void moveTo(Path target) throws IOException {
        Files.move(path, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() throws IOException {
        try {
            file.close();
        } finally {
            HELD.remove(path);
        }
    }
}
