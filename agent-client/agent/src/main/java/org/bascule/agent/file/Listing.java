package org.bascule.agent.file;

import jakarta.json.JsonArrayBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.bascule.agent.posix.Errno;
import org.bascule.agent.posix.Fd;
import org.bascule.agent.posix.Posix;
import org.bascule.agent.posix.PosixException;
import org.bascule.agent.posix.Stat;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.FileEntry;
import org.bascule.session.service.FileEntry.Kind;
import org.bascule.session.service.FilePath;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import org.jspecify.annotations.Nullable;

/** What there is: roots, entries of a folder, one entry. */
final class Listing {

    private static final int BUFFER = 64 << 10;
    /** What nobody has gone on with for so long is in the way. */
    private static final Duration OLD = Duration.ofDays(7);

    private Listing() {}

    /** {@code {"roots":[{"path":b64u,"there":true}],"account":"…","home":b64u,"write":true}}. */
    static void roots(FileJob job) throws IOException, DeviceProblem {
        JsonArrayBuilder roots = Json.createArrayBuilder();
        for (FilePath root : job.walk().roots()) {
            roots.add(
                    Json.createObjectBuilder().add("path", root.toJson()).add("there", job.files(() -> isThere(root))));
        }
        job.tell(Json.createObjectBuilder()
                .add("roots", roots)
                .add("account", job.account().name())
                .add("write", job.permitted().get().allows(Operations.FILE_WRITE))
                .build());
    }

    private static boolean isThere(FilePath root) {
        try (Fd folder = Posix.folder(root.raw());
                Fd readable = Posix.openFolder(folder)) {
            Posix.stat(readable);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** {@code {"stat":{…}}}. */
    static void stat(FileJob job, FilePath path) throws IOException, DeviceProblem {
        Stat stat = job.files(() -> {
            try (Walk.Place place = job.walk().target(path)) {
                return place.stat();
            }
        });
        job.tell(Json.createObjectBuilder()
                .add(
                        "stat",
                        Json.createObjectBuilder()
                                .add("kind", String.valueOf(kind(stat).code()))
                                .add("size", stat.size())
                                .add("mtime", stat.modified())
                                .add("mode", stat.permissions())
                                .add("tag", stat.tag()))
                .build());
    }

    /** Entries as bytes, between the events {@code {"folder":{"free":bytes}}} and {@code {"end":{"entries":n}}}. */
    static void list(FileJob job, FilePath path) throws IOException, DeviceProblem {
        record Opened(Fd folder, long free) {}
        Opened opened = job.files(() -> {
            try (Fd found = job.walk().folder(path)) {
                Fd folder = Posix.openFolder(found);
                return new Opened(folder, Posix.free(folder));
            }
        });
        try (Fd folder = opened.folder()) {
            job.tell(Json.createObjectBuilder()
                    .add("folder", Json.createObjectBuilder().add("free", opened.free()))
                    .build());
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER + FileEntry.MAX_LENGTH);
            long entries = 0;
            List<String> names = job.files(() -> Posix.names(folder));
            while (!names.isEmpty()) {
                job.require(Operations.FILE_READ);
                entries += send(job, folder, names, buffer);
                names = job.files(() -> Posix.names(folder));
            }
            flush(job, buffer);
            job.tell(Json.createObjectBuilder()
                    .add("end", Json.createObjectBuilder().add("entries", entries))
                    .build());
        }
    }

    private static int send(FileJob job, Fd folder, List<String> names, ByteBuffer buffer)
            throws IOException, DeviceProblem {
        int at = 0;
        int sent = 0;
        while (at < names.size()) {
            int from = at;
            int[] counts = job.files(() -> fill(job, folder, names, from, buffer));
            at = counts[0];
            sent += counts[1];
            if (at < names.size()) {
                flush(job, buffer);
            }
        }
        return sent;
    }

    /** Where to go on, and how many entries there were. */
    private static int[] fill(FileJob job, Fd folder, List<String> names, int from, ByteBuffer buffer)
            throws IOException {
        int at = from;
        int count = 0;
        while (at < names.size() && buffer.position() < BUFFER) {
            FileEntry entry = entry(job, folder, names.get(at++));
            if (entry != null) {
                entry.put(buffer);
                count++;
            }
        }
        return new int[] {at, count};
    }

    private static @Nullable FileEntry entry(FileJob job, Fd folder, String name) throws IOException {
        try {
            Stat stat = Posix.stat(folder, name);
            if (Partial.isName(name)) {
                removeOld(job, folder, name, stat);
                return null;
            }
            Kind kind = kind(stat);
            String target = kind == Kind.LINK ? target(folder, name) : "";
            return new FileEntry(
                    kind, stat.permissions(), stat.size(), stat.modified(), stat.uid(), stat.gid(), name, target);
        } catch (PosixException e) {
            if (e.errno() == Errno.ENOENT) {
                return null; // gone meanwhile
            }
            // it is there, and that is all that the account may know
            return new FileEntry(Kind.OTHER, 0, 0, 0, 0, 0, name, "");
        }
    }

    private static String target(Fd folder, String name) throws IOException {
        String target = Posix.target(folder, name);
        return target.length() > FilePath.MAX_LENGTH ? target.substring(0, FilePath.MAX_LENGTH) : target;
    }

    private static void removeOld(FileJob job, Fd folder, String name, Stat stat) throws IOException {
        boolean old = stat.modified() < System.currentTimeMillis() - OLD.toMillis();
        boolean own = stat.uid() == job.account().uid(); // another one's is deleted by whoever means to, and logged
        if (old && own && stat.isFile() && job.permitted().get().allows(Operations.FILE_WRITE)) {
            Posix.removeFile(folder, name);
        }
    }

    static Kind kind(Stat stat) {
        if (stat.isFolder()) {
            return Kind.FOLDER;
        }
        if (stat.isLink()) {
            return Kind.LINK;
        }
        return stat.isFile() ? Kind.FILE : Kind.OTHER;
    }

    private static void flush(FileJob job, ByteBuffer buffer) throws IOException {
        if (buffer.position() > 0) {
            job.stream().write(buffer.array(), 0, buffer.position());
            buffer.clear();
        }
    }
}
