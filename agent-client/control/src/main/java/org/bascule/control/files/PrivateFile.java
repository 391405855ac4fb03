package org.bascule.control.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * A small text file that only its owner may read (mode 0600 where the file system has modes). A reader sees the old content or the new one,
 * never a part; a crash leaves one of the two.
 */
public final class PrivateFile {

    private static final int MAX_SIZE = 1 << 20;
    private static final Set<PosixFilePermission> OTHERS = EnumSet.complementOf(EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE));

    private final Path path;

    public PrivateFile(Path path) {
        this.path = path.toAbsolutePath();
    }

    public Path path() {
        return path;
    }

    /** The content, or nothing if there is no such file. Fails if it is larger than 1 MiB. */
    public Optional<String> read() throws IOException {
        try {
            if (Files.size(path) > MAX_SIZE) {
                throw new IOException(path + " is larger than 1 MiB");
            }
            return Optional.of(Files.readString(path));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Whether somebody else than the owner has any right to the file. Always false where the file system has no modes. */
    public boolean isOpenToOthers() throws IOException {
        if (!hasModes(path)) {
            return false;
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
        return permissions.stream().anyMatch(OTHERS::contains);
    }

    /** Replaces the content. Missing folders are made with mode 0700. */
    public void write(String content) throws IOException {
        makeFolder();
        Path fresh = Files.createTempFile(folder(), "." + path.getFileName(), ".new", mode("rw-------"));
        try {
            fill(fresh, content);
            move(fresh);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    /** Writes a file that must not exist yet. */
    public void create(String content) throws IOException {
        makeFolder();
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(path.toString());
        }
        try (FileChannel channel = FileChannel.open(
                path, EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode("rw-------"))) {
            writeAll(channel, content);
        }
    }

    public void delete() throws IOException {
        Files.deleteIfExists(path);
    }

    private Path folder() {
        Path folder = path.getParent();
        if (folder == null) {
            throw new IllegalArgumentException(path + " is not a file");
        }
        return folder;
    }

    private void makeFolder() throws IOException {
        if (!Files.isDirectory(folder())) {
            Files.createDirectories(folder(), mode("rwx------"));
        }
    }

    private void move(Path fresh) throws IOException {
        try {
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(fresh, path, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void fill(Path file, String content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            writeAll(channel, content);
        }
    }

    private static void writeAll(FileChannel channel, String content) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        channel.force(true);
    }

    private static boolean hasModes(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private FileAttribute<?>[] mode(String mode) {
        return hasModes(path)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))}
                : new FileAttribute<?>[0];
    }
}
