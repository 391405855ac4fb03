package org.bascule.agent.file;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.bascule.agent.posix.Errno;
import org.bascule.agent.posix.Fd;
import org.bascule.agent.posix.Posix;
import org.bascule.agent.posix.PosixException;
import org.bascule.agent.posix.Stat;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.DeviceProblem.Code;
import org.bascule.session.service.FileRequest;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;

/** New folders, new names, deletions; and counting what a deletion would take. */
final class Changes {

    private static final int FOLDER_MODE = 0755;
    private static final int MAX_DEPTH = 200;
    /** The client hears at most so often how far it is. */
    private static final Duration TELL = Duration.ofMillis(250);

    private Changes() {}

    static void makeFolder(FileJob job, FileRequest.MakeFolder request) throws IOException, DeviceProblem {
        job.log().before(FileLog.What.MAKE_FOLDER, request.path(), 0, "");
        job.require(request); // the log may have waited for room
        boolean made = job.files(() -> {
            try (Walk.Place place = job.walk().entry(request.path())) {
                return makeFolder(place, request.existing());
            }
        });
        done(job, made ? 1 : 0);
    }

    private static boolean makeFolder(Walk.Place place, boolean existing) throws IOException, DeviceProblem {
        if (place.name().isEmpty() && existing) {
            return false;
        }
        place.requireName();
        try {
            Posix.makeFolder(place.folder(), place.name());
        } catch (PosixException e) {
            if (e.errno() == Errno.EEXIST && existing && place.stat().isFolder()) {
                return false;
            }
            throw e;
        }
        try (Fd folder = Posix.openFolder(place.folder(), place.name())) {
            Posix.permissions(folder, FOLDER_MODE);
        }
        return true;
    }

    static void rename(FileJob job, FileRequest.Rename request) throws IOException, DeviceProblem {
        job.log().before(FileLog.What.RENAME, request.path(), 0, request.to().text());
        job.require(request);
        job.files(() -> {
            try (Walk.Place from = job.walk().entry(request.path()).requireName();
                    Walk.Place to = job.walk().entry(request.to()).requireName()) {
                if (request.replace()) {
                    Posix.replace(from.folder(), from.name(), to.folder(), to.name());
                } else {
                    Posix.rename(from.folder(), from.name(), to.folder(), to.name());
                }
                return true;
            }
        });
        done(job, 1);
    }

    static void delete(FileJob job, FileRequest.Delete request) throws IOException, DeviceProblem {
        Tree tree = new Tree(job, true);
        job.log().before(FileLog.What.DELETE, request.path(), 0, "");
        job.require(request);
        job.files(() -> {
            try (Walk.Place place = job.walk().entry(request.path()).requireName()) {
                Stat stat = place.stat();
                if (stat.isFolder() && !request.recursive()) {
                    Posix.removeFolder(place.folder(), place.name());
                    tree.entries++;
                } else {
                    tree.entry(place.folder(), place.name(), stat, stat.device(), 0);
                }
                return true;
            }
        });
        done(job, tree.entries);
    }

    static void count(FileJob job, FileRequest.Count request) throws IOException, DeviceProblem {
        Tree tree = new Tree(job, false);
        job.files(() -> {
            try (Walk.Place place = job.walk().entry(request.path())) {
                Stat stat = place.stat();
                if (place.name().isEmpty()) {
                    tree.below(Posix.openFolder(place.folder()), stat.device(), 0);
                } else {
                    tree.entry(place.folder(), place.name(), stat, stat.device(), 0);
                }
                return true;
            }
        });
        job.tell(Json.createObjectBuilder()
                .add(
                        "done",
                        Json.createObjectBuilder().add("entries", tree.entries).add("bytes", tree.bytes))
                .build());
    }

    private static void done(FileJob job, long entries) throws IOException {
        job.tell(Json.createObjectBuilder()
                .add("done", Json.createObjectBuilder().add("entries", entries))
                .build());
    }

    /** A walk over everything below, which follows no link and enters no other file system. */
    private static final class Tree {

        private final FileJob job;
        private final boolean delete;
        private final Progress progress;
        private long entries;
        private long bytes;

        Tree(FileJob job, boolean delete) {
            this.job = job;
            this.delete = delete;
            this.progress = new Progress(job);
        }

        void entry(Fd folder, String name, Stat stat, long device, int depth) throws IOException, DeviceProblem {
            job.require(delete ? Operations.FILE_WRITE : Operations.FILE_READ);
            if (stat.isFolder()) {
                if (stat.device() != device) {
                    throw new DeviceProblem(
                            Code.FAILED, "Another file system is mounted in there; that stays, and so does the rest.");
                }
                if (depth > MAX_DEPTH) {
                    throw new DeviceProblem(
                            Code.TOO_DEEP, "There are too many folders in folders; begin further down.");
                }
                below(Posix.openFolder(folder, name), device, depth);
            }
            if (delete) {
                remove(folder, name, stat);
            }
            entries++;
            bytes += stat.isFile() ? stat.size() : 0;
            progress.at(entries);
        }

        void below(Fd open, long device, int depth) throws IOException, DeviceProblem {
            try (Fd folder = open) {
                // what is deleted while names are read may hide others: read again until there are none
                boolean again = true;
                while (again) {
                    again = false;
                    for (List<String> names = Posix.names(folder); !names.isEmpty(); names = Posix.names(folder)) {
                        for (String name : names) {
                            again |= child(folder, name, device, depth);
                        }
                    }
                    if (again && delete) {
                        Posix.rewind(folder);
                    } else {
                        again = false;
                    }
                }
            }
        }

        private boolean child(Fd folder, String name, long device, int depth) throws IOException, DeviceProblem {
            Stat stat;
            try {
                stat = Posix.stat(folder, name);
            } catch (PosixException e) {
                if (e.errno() == Errno.ENOENT) {
                    return false;
                }
                throw e;
            }
            entry(folder, name, stat, device, depth + 1);
            return true;
        }

        private static void remove(Fd folder, String name, Stat stat) throws IOException {
            if (stat.isFolder()) {
                Posix.removeFolder(folder, name);
            } else {
                Posix.removeFile(folder, name);
            }
        }
    }

    /** Noted where the account's rights are in force, sent by a thread that has the agent's. */
    private static final class Progress {

        private final FileJob job;
        private long told = System.nanoTime();

        Progress(FileJob job) {
            this.job = job;
        }

        void at(long entries) throws IOException {
            long now = System.nanoTime();
            if (now - told < TELL.toNanos()) {
                return;
            }
            told = now;
            job.tellFromWithin(Json.createObjectBuilder()
                    .add("progress", Json.createObjectBuilder().add("entries", entries))
                    .build());
        }
    }
}
