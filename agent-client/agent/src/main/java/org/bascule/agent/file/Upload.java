package org.bascule.agent.file;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.posix.Errno;
import org.bascule.agent.posix.Fd;
import org.bascule.agent.posix.Posix;
import org.bascule.agent.posix.PosixException;
import org.bascule.agent.posix.Stat;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.DeviceProblem.Code;
import org.bascule.session.service.FilePath;
import org.bascule.session.service.FileRequest;
import org.bascule.session.stream.StreamEndedException;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * A file on its way to the device. It is gathered under another name in the folder where it will be, and takes its place in one step when it is whole: length and SHA-256 as the client says, looked at by the virus
 * scanner if there is one, time and permissions set, on the disk. Until then who looks sees the old file or none. What a broken connection leaves can be gone on with; whatever else fails leaves nothing,
 * nor does the loss of the right.
 */
final class Upload {

    private static final int BUFFER = 256 << 10;
    /** What a client may send beyond a stream's usual credit: 50 MB/s over a round trip of 100 ms. */
    private static final int AHEAD = 5 << 20;
    /** For what is not as long, and while others have most of the memory for it. */
    private static final int LESS_AHEAD = 1 << 20;

    private static final int FILE_MODE = 0644;
    private static final int ANSWER_SECONDS = 60;
    private static final int EVENTS = 4;
    /** Wakes up who waits for an event: none comes any more. */
    private static final JsonObject OVER = Json.createObjectBuilder().build();
    /** What the access server says when a person may no longer do what he was doing. */
    private static final Set<String> RIGHT_LOST =
            Set.of("not-permitted", "contract-required", "qualification-required");

    private final FileJob job;
    private final FileRequest.Write request;
    private final Running running;
    private final Optional<VirusScan> scan;
    private final BlockingQueue<JsonObject> events = new ArrayBlockingQueue<>(EVENTS);
    private final ByteBuffer buffer;

    Upload(FileJob job, FileRequest.Write request, Running running, Optional<VirusScan> scan) {
        this.job = job;
        this.request = request;
        this.running = running;
        this.scan = scan;
        this.buffer = ByteBuffer.allocateDirect((int) Math.min(BUFFER, Math.max(request.size(), 4_096)));
    }

    /** Where it goes, and under which name until then. */
    private record Target(Walk.Place place, Fd partial, String partialName, int mode) implements AutoCloseable {
        @Override
        public void close() {
            partial.close();
            place.close();
        }
    }

    void run() throws IOException, DeviceProblem, InterruptedException {
        job.stream().onEvent(events::offer);
        job.stream().onEnd(() -> events.offer(OVER));
        if (request.size() > LESS_AHEAD
                && !(request.size() > AHEAD && job.stream().widen(AHEAD))) {
            job.stream().widen(LESS_AHEAD);
        }
        String name = Partial.name(job.user(), request.path().name(), request.size(), request.modified());
        try (Running.Turn turn = running.begin(key(request.path(), name), job.stream())) {
            // it may have been discarded meanwhile, and nothing may be there then
            job.stream().requireOpen();
            upload(name, turn);
        }
    }

    private void upload(String name, Running.Turn turn) throws IOException, DeviceProblem, InterruptedException {
        try (Target target = job.files(() -> open(name))) {
            boolean keep = true; // a break leaves something to go on with
            try {
                Digest digest = beginning(target);
                String sha256 = receive(target, digest, turn);
                keep = false;
                job.log().before(FileLog.What.UPLOAD, request.path(), request.size(), sha256);
                String tag = putInPlace(target, sha256);
                job.tell(Json.createObjectBuilder()
                        .add("done", Json.createObjectBuilder().add("tag", tag))
                        .build());
            } catch (DeviceProblem e) {
                if (e.code() != Code.TAKEN_OVER) {
                    remove(target);
                }
                throw e;
            } catch (IOException e) {
                if (!keep || isRightLost(e)) {
                    remove(target);
                }
                throw e;
            }
        }
    }

    private static boolean isRightLost(IOException e) {
        return e instanceof StreamEndedException end
                && switch (end.reason()) {
                    case NOT_PERMITTED, SWITCHED_OFF -> true;
                    case ENDED_BY_SERVER -> RIGHT_LOST.contains(end.text());
                    default -> false;
                };
    }

    private Target open(String partialName) throws IOException, DeviceProblem {
        Walk.Place place = job.walk().entry(request.path()).requireName();
        boolean done = false;
        try {
            int mode = requireFree(place);
            Fd partial = requireOwn(Posix.openToWrite(place.folder(), partialName));
            done = true;
            return new Target(place, partial, partialName, mode);
        } finally {
            if (!done) {
                place.close();
            }
        }
    }

    /** Whatever stands there under that name was made by somebody else: a link, a pipe, another's file, one with a second name. */
    private Fd requireOwn(Fd partial) throws IOException, DeviceProblem {
        boolean own = false;
        try {
            Stat stat = Posix.stat(partial);
            own = stat.isFile()
                    && stat.links() == 1
                    && stat.uid() == job.account().uid();
        } finally {
            if (!own) {
                partial.close();
            }
        }
        if (!own) {
            throw Problems.exists();
        }
        return partial;
    }

    /**
     * Whether it may take its place.
     *
     * @return the permissions that it gets
     */
    private int requireFree(Walk.Place place) throws IOException, DeviceProblem {
        Stat there;
        try {
            there = place.stat();
        } catch (PosixException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
            if (request.match().isPresent()) {
                throw Problems.changed();
            }
            return request.mode().orElse(FILE_MODE);
        }
        if (!request.replace()) {
            throw Problems.exists();
        }
        if (!there.isFile()) {
            throw Problems.notAFile();
        }
        if (request.match().isPresent() && !request.match().get().equals(there.tag())) {
            throw Problems.changed();
        }
        return request.mode().orElse(there.permissions() & 0777);
    }

    /** What is there of an earlier attempt, if the client finds that it is the beginning of its file. */
    private Digest beginning(Target target) throws IOException, DeviceProblem, InterruptedException {
        long there =
                request.resume() ? job.files(() -> Posix.stat(target.partial())).size() : 0;
        long usable = there <= request.size() ? there : 0;
        Digest digest = Digest.ofBeginning(job, target.partial(), usable, buffer, Operations.FILE_WRITE);
        job.tell(Json.createObjectBuilder()
                .add("ready", Json.createObjectBuilder().add("offset", usable).add("pieces", digest.pieces()))
                .build());
        if (usable > 0 && !goesOnFrom(usable)) {
            usable = 0;
            digest = Digest.of(job);
        }
        at = usable;
        long length = usable;
        long free = job.files(() -> {
            Posix.truncate(target.partial(), length);
            return Posix.free(target.partial());
        });
        if (free < request.size() - usable) {
            throw Problems.noSpace();
        }
        return digest;
    }

    private long at;

    private boolean goesOnFrom(long offset) throws IOException, DeviceProblem, InterruptedException {
        StrictJson answer = answer();
        try {
            return answer.number("from", 0, FileRequest.MAX_SIZE) == offset;
        } catch (WireException e) {
            throw new DeviceProblem(Code.FAILED, "The client's answer was not understood.");
        }
    }

    private StrictJson answer() throws IOException, DeviceProblem, InterruptedException {
        JsonObject event = events.poll(ANSWER_SECONDS, TimeUnit.SECONDS);
        if (event == null || event.isEmpty()) {
            job.stream().requireOpen();
            throw new DeviceProblem(Code.FAILED, "The client did not answer.");
        }
        return StrictJson.of(event);
    }

    /** Until the client's end. What is written is the account's, its quota and its limits included. */
    private String receive(Target target, Digest digest, Running.Turn turn)
            throws IOException, DeviceProblem, InterruptedException {
        byte[] bytes = new byte[buffer.capacity()];
        for (int count = job.stream().read(bytes);
                count >= 0;
                count = job.stream().read(bytes)) {
            job.requirePermitted(request.operation());
            if (turn.isOver()) {
                throw new DeviceProblem(Code.TAKEN_OVER, "The upload goes on over another connection.");
            }
            if (count > request.size() - at) {
                throw new DeviceProblem(Code.CHECKSUM, "More came than was announced; nothing was kept.");
            }
            digest.update(bytes, 0, count);
            buffer.clear();
            buffer.put(bytes, 0, count).flip();
            long from = at;
            job.files(() -> {
                Posix.write(target.partial(), buffer, from);
                return true;
            });
            at += count;
        }
        if (at != request.size() || !digest.pieces().equals(announced())) {
            throw new DeviceProblem(
                    Code.CHECKSUM, "What arrived is not what was sent (length or checksum differ); nothing was kept.");
        }
        return digest.sha256(job, target.partial(), at, buffer, Operations.FILE_WRITE);
    }

    private String announced() throws IOException, DeviceProblem, InterruptedException {
        StrictJson event = answer();
        try {
            // the answer to an offset of 0, which nobody waits for
            return event.has("from") ? answer().string("pieces", 64) : event.string("pieces", 64);
        } catch (WireException e) {
            throw new DeviceProblem(Code.FAILED, "The client's answer was not understood.");
        }
    }

    private String putInPlace(Target target, String sha256) throws IOException, DeviceProblem {
        job.files(() -> {
            Posix.permissions(target.partial(), target.mode());
            if (request.modified().isPresent()) {
                Posix.modified(target.partial(), request.modified().get());
            }
            Posix.sync(target.partial());
            return true;
        });
        if (scan.isPresent()) {
            scan.get().requireClean(job, target.partial(), request, buffer, sha256);
        }
        job.require(request);
        return job.files(() -> {
            Walk.Place place = target.place();
            if (request.replace()) {
                requireFree(place);
                Posix.replace(place.folder(), target.partialName(), place.folder(), place.name());
            } else {
                Posix.rename(place.folder(), target.partialName(), place.folder(), place.name());
            }
            try (Fd folder = Posix.openFolder(place.folder())) {
                Posix.sync(folder);
            }
            return Posix.stat(target.partial()).tag();
        });
    }

    private void remove(Target target) {
        try {
            job.files(() -> {
                Posix.removeFile(target.place().folder(), target.partialName());
                return true;
            });
        } catch (DeviceProblem e) {
            // it is gone, or it took its place: then there is nothing to remove
        }
    }

    /** Removes what an attempt has left. */
    static void discard(FileJob job, FileRequest.Discard request, Running running)
            throws IOException, DeviceProblem, InterruptedException {
        String name = Partial.name(job.user(), request.path().name(), request.size(), request.modified());
        try (Running.Turn turn = running.begin(key(request.path(), name), job.stream())) {
            discard(job, request, name);
        }
    }

    /** Of an upload, and what removes what it left. */
    private static String key(FilePath path, String partialName) {
        return path.parent().raw() + "/" + partialName;
    }

    private static void discard(FileJob job, FileRequest.Discard request, String name)
            throws IOException, DeviceProblem {
        boolean removed = job.files(() -> {
            try (Walk.Place place = job.walk().entry(request.path()).requireName()) {
                Posix.removeFile(place.folder(), name);
                return true;
            } catch (PosixException e) {
                if (e.errno() == Errno.ENOENT) {
                    return false;
                }
                throw e;
            }
        });
        job.tell(Json.createObjectBuilder()
                .add("done", Json.createObjectBuilder().add("entries", removed ? 1 : 0))
                .build());
    }
}
