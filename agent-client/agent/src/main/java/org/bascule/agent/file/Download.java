package org.bascule.agent.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.bascule.agent.posix.Fd;
import org.bascule.agent.posix.Posix;
import org.bascule.agent.posix.Stat;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.DeviceProblem.Code;
import org.bascule.session.service.FileRequest;
import org.bascule.session.stream.SessionStream;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;

/** A file on its way to the client: read once, hashed as it passes, in the memory of two buffers. */
final class Download {

    private static final int BUFFER = 4 * SessionStream.PORTION;

    private Download() {}

    private record Source(Fd file, Stat stat) {}

    /** Bytes between the events {@code file} and {@code end}. */
    static void run(FileJob job, FileRequest.Read request) throws IOException, DeviceProblem {
        Source source = job.files(() -> open(job, request));
        try (Fd file = source.file()) {
            Stat stat = source.stat();
            if (request.offset() > stat.size()) {
                throw Problems.changed();
            }
            if (request.max().isPresent() && stat.size() > request.max().get()) {
                throw new DeviceProblem(Code.TOO_LARGE, "The file has " + stat.size() + " bytes.");
            }
            ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(BUFFER, Math.max(stat.size(), 4_096)));
            Digest digest = Digest.ofBeginning(job, file, request.offset(), buffer, Operations.FILE_READ);
            if (request.prefix().isPresent() && !request.prefix().get().hex().equals(digest.pieces())) {
                throw Problems.changed();
            }
            // a client may take all but the end
            job.log().before(FileLog.What.DOWNLOAD, request.path(), stat.size(), "");
            long[] sent = new long[1];
            boolean whole = false;
            try {
                job.tell(Json.createObjectBuilder()
                        .add(
                                "file",
                                Json.createObjectBuilder()
                                        .add("size", stat.size())
                                        .add("mtime", stat.modified())
                                        .add("mode", stat.permissions())
                                        .add("tag", stat.tag()))
                        .build());
                send(job, file, request.offset(), stat.size(), buffer, digest, sent);
                requireUnchanged(job, file, stat, buffer, digest);
                String sha256 = digest.sha256(job, file, stat.size(), buffer, Operations.FILE_READ);
                job.log().before(FileLog.What.DOWNLOAD, request.path(), stat.size(), sha256);
                whole = true;
            } finally {
                if (!whole) {
                    job.log().broken(request.path(), stat.size(), sent[0]);
                }
            }
            job.tell(Json.createObjectBuilder()
                    .add("end", Json.createObjectBuilder().add("pieces", digest.pieces()))
                    .build());
        }
    }

    /** Looked at before it is opened, for opening a device or a pipe may do something. */
    private static Source open(FileJob job, FileRequest.Read request) throws IOException, DeviceProblem {
        try (Walk.Place place = job.walk().target(request.path())) {
            Stat before = place.stat();
            if (place.name().isEmpty() || !before.isFile()) {
                throw Problems.notAFile();
            }
            Fd file = Posix.openToRead(place.folder(), place.name());
            Stat stat = Posix.stat(file);
            if (!stat.isFile() || !stat.isSameFile(before)) {
                file.close();
                throw Problems.changed();
            }
            return new Source(file, stat);
        }
    }

    /**
     * What is added meanwhile does not count; what is missing does.
     *
     * @param sent how many bytes may have left, also where this fails
     */
    private static void send(
            FileJob job, Fd file, long offset, long size, ByteBuffer buffer, Digest digest, long[] sent)
            throws IOException, DeviceProblem {
        byte[] bytes = new byte[buffer.capacity()];
        long at = offset;
        while (at < size) {
            job.require(Operations.FILE_READ);
            long from = at;
            int count = job.files(() -> Posix.read(file, buffer, from));
            int part = (int) Math.min(count, size - at);
            if (part == 0) {
                throw Problems.changed();
            }
            buffer.get(bytes, 0, part);
            digest.update(bytes, 0, part);
            sent[0] += part; // as soon as any of it may be there
            job.stream().write(bytes, 0, part);
            at += part;
        }
    }

    /** A log that has only grown is what was sent, and more: what was sent is read once more then. */
    private static void requireUnchanged(FileJob job, Fd file, Stat before, ByteBuffer buffer, Digest sent)
            throws IOException, DeviceProblem {
        Stat now = job.files(() -> Posix.stat(file));
        boolean same = now.size() == before.size()
                && now.modifiedSeconds() == before.modifiedSeconds()
                && now.modifiedNanos() == before.modifiedNanos();
        if (same) {
            return;
        }
        boolean grown = now.size() > before.size()
                && Digest.ofBeginning(job, file, before.size(), buffer, Operations.FILE_READ)
                        .pieces()
                        .equals(sent.pieces());
        if (!grown) {
            throw new DeviceProblem(Code.CHANGED, "The file was changed while it was read.");
        }
    }
}
