package org.bascule.agent.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * A folder that its owner alone can read. Every write is atomic and durable when the method returns: a reader sees the old or the new content.
 *
 * @param path absolute
 */
public record StateFolder(Path path) {

    /** No file of the agent is near this; a larger one is not ours. */
    private static final long MAX_FILE = 1 << 20;

    private static final Set<PosixFilePermission> FOLDER_MODE = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE_MODE = PosixFilePermissions.fromString("rw-------");
    private static final FileAttribute<Set<PosixFilePermission>> CREATE_FOLDER =
            PosixFilePermissions.asFileAttribute(FOLDER_MODE);
    private static final FileAttribute<Set<PosixFilePermission>> CREATE_FILE =
            PosixFilePermissions.asFileAttribute(FILE_MODE);

    public StateFolder {
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("the state folder is an absolute path");
        }
    }

    /** Where the state is when no folder is named: {@code /var/lib/bascule-agent} for root, otherwise below the home folder. */
    public static Path defaultPath(boolean root, Path home) {
        return root ? Path.of("/var/lib/bascule-agent") : home.resolve(".local/share/bascule-agent");
    }

    /** Creates the folder if needed, and takes away what others may do in it. */
    public static StateFolder create(Path path) throws StateException {
        Path folder = path.toAbsolutePath().normalize();
        try {
            if (!Files.isDirectory(folder)) {
                Path parent = folder.getParent();
                if (parent != null) {
                    Files.createDirectories(parent);
                }
                Files.createDirectory(folder, CREATE_FOLDER);
            }
            Files.setPosixFilePermissions(folder, FOLDER_MODE);
            return new StateFolder(folder);
        } catch (IOException | UnsupportedOperationException e) {
            throw new StateException("The folder " + folder + " cannot be created or made private: " + reason(e), e);
        }
    }

    /** Opens an existing folder; refuses one that others can enter. */
    public static StateFolder open(Path path) throws StateException {
        Path folder = path.toAbsolutePath().normalize();
        if (!Files.isDirectory(folder)) {
            throw new StateException(
                    "There is no folder " + folder + "; enrol this device first with `bascule-agent enrol`.");
        }
        try {
            if (!FOLDER_MODE.containsAll(Files.getPosixFilePermissions(folder))) {
                throw new StateException(
                        "Others can read " + folder + "; make it private with `chmod 700 " + folder + "`.");
            }
            return new StateFolder(folder);
        } catch (IOException | UnsupportedOperationException e) {
            throw new StateException("The folder " + folder + " cannot be read: " + reason(e), e);
        }
    }

    /** A folder below this one, as private. */
    public Path subfolder(String name) throws StateException {
        return create(path.resolve(name)).path();
    }

    public boolean has(String name) {
        return Files.exists(path.resolve(name), LinkOption.NOFOLLOW_LINKS);
    }

    public Optional<byte[]> read(String name) throws StateException {
        Path file = path.resolve(name);
        try {
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.empty();
            }
            if (Files.size(file) > MAX_FILE) {
                throw new StateException("The file " + file + " is too large to be the agent's.");
            }
            return Optional.of(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new StateException("The file " + file + " cannot be read: " + reason(e), e);
        }
    }

    public Optional<String> readText(String name) throws StateException {
        return read(name).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    public void write(String name, String text) throws StateException {
        write(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Replaces the file as a whole; on return it is on the disk. */
    public void write(String name, byte[] content) throws StateException {
        Path file = path.resolve(name);
        try {
            Path temporary = path.resolve(name + ".new");
            Files.deleteIfExists(temporary);
            try (FileChannel channel = FileChannel.open(
                    temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), CREATE_FILE)) {
                ByteBuffer buffer = ByteBuffer.wrap(content);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            move(temporary, file);
            sync(path);
        } catch (IOException e) {
            throw new StateException("The file " + file + " cannot be written: " + reason(e), e);
        }
    }

    /** Removes a file if it is there; on return it is gone from the disk. */
    public void delete(String name) throws StateException {
        Path file = path.resolve(name);
        try {
            if (Files.deleteIfExists(file)) {
                sync(path);
            }
        } catch (IOException e) {
            throw new StateException("The file " + file + " cannot be removed: " + reason(e), e);
        }
    }

    /** Removes a folder with the files in it, if it is there; on return it is gone from the disk. */
    public void deleteFolder(String name) throws StateException {
        Path below = path.resolve(name);
        if (!Files.isDirectory(below, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(below)) {
            for (Path file : files) {
                Files.delete(file);
            }
            Files.delete(below);
            sync(path);
        } catch (IOException e) {
            throw new StateException("The folder " + below + " cannot be removed: " + reason(e), e);
        }
    }

    /**
     * Holds the folder for this process until the result is closed, or the process ends in whatever way.
     *
     * @throws StateException if another process holds it
     */
    public AutoCloseable lock() throws StateException {
        try {
            FileChannel channel = FileChannel.open(
                    path.resolve("lock"), Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), CREATE_FILE);
            try {
                FileLock lock = channel.tryLock();
                if (lock != null) {
                    return channel;
                }
            } catch (OverlappingFileLockException e) {
                // held within this process: the same refusal
            }
            channel.close();
        } catch (IOException e) {
            throw new StateException("The folder " + path + " cannot be locked: " + reason(e), e);
        }
        throw new StateException("An agent is already running with the folder " + path + ".");
    }

    /** Whether some process holds {@link #lock()}. */
    public boolean isLocked() {
        try (AutoCloseable lock = lock()) {
            return false;
        } catch (Exception e) {
            return true;
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Names of files in it that were made in another way are on the disk on return. */
    public void sync() throws IOException {
        sync(path);
    }

    /** A rename is durable once its folder is. */
    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** What went wrong, for a sentence. */
    public static String reason(Exception e) {
        return e.getClass().getSimpleName() + (e.getMessage() == null ? "" : " (" + e.getMessage() + ")");
    }
}
