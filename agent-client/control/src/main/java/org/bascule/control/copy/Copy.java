package org.bascule.control.copy;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.remote.RemoteFiles;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.DeviceProblem.Code;
import org.bascule.session.service.FileEntry;
import org.bascule.session.service.FileEntry.Kind;
import org.bascule.session.service.FilePath;

/** Copies files and folders between here and a device, several at a time, each resumed where an earlier attempt was broken off. What fails is noted, and the rest goes on. */
public final class Copy {

    /** So many streams that small files do not wait for each other's round trips. */
    private static final int AT_ONCE = 6;
    /** Files found but not begun: a large tree is not held in memory. */
    private static final int AHEAD = 256;

    private static final int MAX_DEPTH = 200;

    /** What did not work. */
    public record Failure(String path, String code, String text) {}

    private final RemoteFiles device;
    private final boolean recursive;
    private final Progress progress;
    private final List<Failure> failures = Collections.synchronizedList(new ArrayList<>());
    private final ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
    private final Semaphore room = new Semaphore(AHEAD);
    private volatile boolean lost;

    public Copy(RemoteFiles device, boolean recursive, Progress progress) {
        this.device = device;
        this.recursive = recursive;
        this.progress = progress;
    }

    /** A copy of one file. */
    interface Job {
        void run() throws CommandException, DeviceProblem, IOException;
    }

    /** Waits for everything that was begun. */
    public List<Failure> finish() throws CommandException {
        pool.shutdown();
        try {
            while (!pool.awaitTermination(1, TimeUnit.SECONDS)) {
                if (lost) {
                    pool.shutdownNow();
                }
            }
        } catch (InterruptedException e) {
            pool.shutdownNow();
            Thread.currentThread().interrupt();
            throw new CommandException(ExitCode.FAILED, "interrupted", e);
        }
        progress.end();
        return List.copyOf(failures);
    }

    void begin(String name, Job job) {
        if (lost) {
            return;
        }
        room.acquireUninterruptibly();
        pool.execute(() -> {
            try {
                attempt(name, job);
            } finally {
                room.release();
            }
        });
    }

    private void attempt(String name, Job job) {
        if (lost) {
            return;
        }
        try {
            job.run();
        } catch (DeviceProblem e) {
            failures.add(new Failure(name, e.code().text(), e.text()));
        } catch (IOException e) {
            failures.add(new Failure(name, "here", "It cannot be written or read here: " + e.getMessage()));
        } catch (CommandException e) {
            lost |= e.exitCode() != ExitCode.FAILED;
            failures.add(new Failure(name, "session", String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            // on a thread of the pool nobody else hears of it
            failures.add(new Failure(name, "internal", "It failed for a reason that was not foreseen: " + e));
        }
    }

    // ---- from the device

    /**
     * @param to a folder that is there, or how the copy is to be called
     */
    public void download(FilePath from, Path to) throws CommandException {
        attempt(from.text(), () -> {
            RemoteFiles.Found found = device.find(from)
                    .orElseThrow(() -> new DeviceProblem(Code.NOT_FOUND, "There is no such file or folder."));
            Path target = Files.isDirectory(to) ? LocalNames.child(to, from.isRoot() ? "root" : from.name()) : to;
            if (found.kind() == Kind.FOLDER) {
                requireRecursive();
                downloadFolder(from, target, 0);
            } else if (found.kind() == Kind.FILE) {
                downloadFile(from, target, found.size(), found.mode());
            } else {
                throw new DeviceProblem(Code.NOT_A_FILE, "That is not an ordinary file.");
            }
        });
    }

    private void requireRecursive() throws DeviceProblem {
        if (!recursive) {
            throw new DeviceProblem(Code.NOT_A_FILE, "It is a folder: use -r to copy it with what is in it.");
        }
    }

    private void downloadFolder(FilePath from, Path to, int depth) throws CommandException, DeviceProblem, IOException {
        if (depth > MAX_DEPTH) {
            throw new DeviceProblem(Code.TOO_DEEP, "There are too many folders in folders.");
        }
        if (!Files.isDirectory(to, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(to);
        }
        for (FileEntry entry : device.list(from)) {
            FilePath path = from.resolve(entry.name());
            attempt(path.text(), () -> {
                Path target = LocalNames.child(to, entry.name());
                switch (entry.kind()) {
                    case FOLDER -> downloadFolder(path, target, depth + 1);
                    case FILE -> downloadFile(path, target, entry.size(), entry.mode());
                    case LINK, OTHER ->
                        throw new DeviceProblem(Code.NOT_A_FILE, "Links and special files are not copied.");
                }
            });
        }
    }

    private void downloadFile(FilePath from, Path to, long size, int mode) {
        progress.expect(size);
        begin(from.text(), () -> {
            try (Partial partial = Partial.open(device.uid(), from, to)) {
                long modified = resumed(from, partial, size);
                permissions(partial.path(), mode);
                partial.moveTo(to);
                // setting it opens and closes the file, which ends the lock
                Files.setLastModifiedTime(to, FileTime.fromMillis(modified));
            }
        });
    }

    /** If what is here is not the beginning of the file any more, from the beginning. */
    private long resumed(FilePath from, Partial partial, long size)
            throws CommandException, DeviceProblem, IOException {
        if (partial.size() > size) {
            partial.restart();
        }
        if (partial.size() > 0) {
            try {
                return fetch(from, partial);
            } catch (DeviceProblem e) {
                if (e.code() != Code.CHANGED && e.code() != Code.CHECKSUM) {
                    throw e;
                }
                partial.restart();
            }
        }
        try {
            return fetch(from, partial);
        } catch (DeviceProblem e) {
            partial.delete();
            throw e;
        }
    }

    private long fetch(FilePath from, Partial partial) throws CommandException, DeviceProblem, IOException {
        long[] at = {partial.size()};
        progress.skip(at[0]);
        return device.download(from, partial.file(), now -> {
            progress.add(now - at[0], from.text());
            at[0] = now;
        });
    }

    /** What the owner may do there he may do here; for others as the user's settings say. */
    private static void permissions(Path file, int mode) throws IOException {
        Set<PosixFilePermission> now;
        try {
            now = Files.getPosixFilePermissions(file);
        } catch (UnsupportedOperationException e) {
            return;
        }
        if ((mode & 0100) != 0) {
            now.add(PosixFilePermission.OWNER_EXECUTE);
            if (now.contains(PosixFilePermission.GROUP_READ)) {
                now.add(PosixFilePermission.GROUP_EXECUTE);
            }
            if (now.contains(PosixFilePermission.OTHERS_READ)) {
                now.add(PosixFilePermission.OTHERS_EXECUTE);
            }
            Files.setPosixFilePermissions(file, now);
        }
    }

    // ---- to the device

    /**
     * @param to a folder that is there, or how the copy is to be called
     */
    public void upload(String typed, FilePath to) throws CommandException {
        attempt(typed, () -> {
            Path from = LocalNames.typed(typed);
            boolean into =
                    device.find(to).filter(found -> found.kind() == Kind.FOLDER).isPresent();
            FilePath target = into ? to.resolve(LocalNames.raw(from)) : to;
            if (Files.isDirectory(from)) {
                requireRecursive();
                uploadFolder(from, target);
            } else if (Files.isRegularFile(from)) {
                uploadFile(from, target);
            } else {
                throw new DeviceProblem(Code.NOT_FOUND, "There is no such file or folder here.");
            }
        });
    }

    private void uploadFolder(Path from, FilePath to) throws CommandException, DeviceProblem, IOException {
        device.makeFolder(to, true);
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(from)) {
            for (Path entry : entries) {
                attempt(entry.toString(), () -> {
                    FilePath target = to.resolve(LocalNames.raw(entry));
                    if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                        uploadFolder(entry, target);
                    } else if (Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
                        uploadFile(entry, target);
                    } else {
                        throw new DeviceProblem(Code.NOT_A_FILE, "Links and special files are not copied.");
                    }
                });
            }
        }
    }

    private void uploadFile(Path from, FilePath to) throws IOException {
        progress.expect(Files.size(from));
        int mode = mode(from);
        begin(from.toString(), () -> {
            long[] at = {0};
            device.upload(from, to, true, mode, now -> {
                progress.add(now - at[0], from.toString());
                at[0] = now;
            });
        });
    }

    private static int mode(Path file) throws IOException {
        try {
            int mode = 0;
            for (PosixFilePermission permission : Files.getPosixFilePermissions(file)) {
                mode |= 0400 >> permission.ordinal();
            }
            return mode;
        } catch (UnsupportedOperationException e) {
            return 0644;
        }
    }
}
