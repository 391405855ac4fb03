package org.bascule.control.remote;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.DeviceProblem.Code;
import org.bascule.session.service.FileEntry;
import org.bascule.session.service.FilePath;
import org.bascule.session.service.FileRequest;
import org.bascule.session.service.PieceDigest;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.Service;
import org.bascule.session.stream.SessionStream;
import org.bascule.session.stream.StreamInput;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** The files of a device, over a running session: {@code docs/protocol/files.md}. Thread-safe; each call has a stream of its own. */
public final class RemoteFiles {

    private static final int BUFFER = 4 * SessionStream.PORTION;
    private static final int MAX_ROOTS = 64;

    private final DeviceSession session;

    public RemoteFiles(DeviceSession session) {
        this.session = session;
    }

    /** Of the device. */
    public String uid() {
        return session.uid();
    }

    /**
     * What an entry is.
     *
     * @param modified milliseconds since 1970
     */
    public record Found(FileEntry.Kind kind, long size, long modified, int mode) {}

    /** 40 MB/s over a round trip of 100 ms. */
    private static final int AHEAD = 4 << 20;

    private record Asked(SessionStream stream, Reply reply) {}

    private Asked ask(FileRequest request) throws CommandException {
        Reply reply = new Reply(AHEAD);
        return new Asked(session.openStream(Service.FILE, request.toJson(), reply), reply);
    }

    /** The answer of a request without bytes. */
    private StrictJson answer(FileRequest request, String member) throws CommandException, DeviceProblem {
        Asked asked = ask(request);
        asked.stream().finish();
        return asked.reply().await(member);
    }

    /** The folders below which everything is. */
    public List<FilePath> roots() throws CommandException, DeviceProblem {
        Asked asked = ask(new FileRequest.Roots());
        asked.stream().finish();
        try {
            List<FilePath> roots = new ArrayList<>();
            for (StrictJson root : asked.reply().next().children("roots", MAX_ROOTS)) {
                roots.add(FilePath.parse(root, "path"));
            }
            return roots;
        } catch (WireException e) {
            throw Reply.misunderstood(e);
        }
    }

    /** What the path leads to; empty if there is nothing. */
    public Optional<Found> find(FilePath path) throws CommandException, DeviceProblem {
        try {
            StrictJson stat = answer(new FileRequest.Stat(path), "stat");
            return Optional.of(new Found(
                    FileEntry.Kind.of(stat.string("kind", 1).charAt(0))
                            .orElseThrow(() -> WireException.malformed("an unknown kind")),
                    stat.number("size", 0, FileRequest.MAX_SIZE),
                    stat.number("mtime", -FileRequest.MAX_SIZE, FileRequest.MAX_SIZE),
                    (int) stat.number("mode", 0, 07777)));
        } catch (WireException e) {
            throw Reply.misunderstood(e);
        } catch (DeviceProblem e) {
            if (e.code() == Code.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    public List<FileEntry> list(FilePath folder) throws CommandException, DeviceProblem {
        Asked asked = ask(new FileRequest.List(folder));
        asked.stream().finish();
        List<FileEntry> entries = new ArrayList<>();
        try (InputStream in = new java.io.BufferedInputStream(asked.reply().input(asked.stream()), 64 << 10)) {
            for (Optional<FileEntry> next = FileEntry.read(in); next.isPresent(); next = FileEntry.read(in)) {
                entries.add(next.get());
            }
        } catch (IOException e) {
            throw asked.reply().failure(e);
        } catch (WireException e) {
            asked.stream().reset(EndReason.PROTOCOL_VIOLATION, "");
            throw Reply.misunderstood(e);
        }
        asked.reply().await("end");
        return entries;
    }

    public void makeFolder(FilePath path, boolean existing) throws CommandException, DeviceProblem {
        answer(new FileRequest.MakeFolder(path, existing), "done");
    }

    public void rename(FilePath path, FilePath to, boolean replace) throws CommandException, DeviceProblem {
        answer(new FileRequest.Rename(path, to, replace), "done");
    }

    /** @return how many entries there were */
    public long delete(FilePath path, boolean recursive) throws CommandException, DeviceProblem {
        return entries(answer(new FileRequest.Delete(path, recursive), "done"));
    }

    /** How many entries are at and below the path. */
    public long count(FilePath path) throws CommandException, DeviceProblem {
        return entries(answer(new FileRequest.Count(path), "done"));
    }

    private static long entries(StrictJson done) throws CommandException {
        try {
            return done.number("entries", 0, FileRequest.MAX_SIZE);
        } catch (WireException e) {
            throw Reply.misunderstood(e);
        }
    }

    /** Where bytes go. */
    @FunctionalInterface
    public interface Sink {
        void bytes(byte[] buffer, int length) throws IOException;
    }

    /** The bytes of a file as they come. */
    public void read(FilePath path, Sink sink) throws CommandException, DeviceProblem {
        read(ask(new FileRequest.Read(path, 0, Optional.empty(), Optional.empty())), new PieceDigest(), sink);
    }

    /**
     * The rest of a file of which the first bytes are there already, behind these.
     *
     * @param file with these bytes; it stays open
     * @param progress told how many bytes are there
     * @return milliseconds since 1970 of its last change
     */
    public long download(FilePath path, FileChannel file, LongConsumer progress)
            throws CommandException, DeviceProblem {
        try {
            long have = file.size();
            PieceDigest digest = new PieceDigest();
            hash(file, have, digest);
            Optional<FileRequest.Bytes> prefix =
                    have == 0 ? Optional.empty() : Optional.of(FileRequest.Bytes.of(digest.soFar()));
            Asked asked = ask(new FileRequest.Read(path, have, prefix, Optional.empty()));
            file.position(have);
            long[] at = {have};
            long modified = read(asked, digest, (buffer, length) -> {
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, length);
                while (bytes.hasRemaining()) {
                    file.write(bytes);
                }
                at[0] += length;
                progress.accept(at[0]);
            });
            file.force(false);
            return modified;
        } catch (IOException e) {
            throw new CommandException(ExitCode.FAILED, "the file cannot be written here: " + e.getMessage(), e);
        }
    }

    /** A local failure stops the device, too. */
    private static final class SinkException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SinkException(IOException cause) {
            super(cause);
        }
    }

    private static long read(Asked asked, PieceDigest digest, Sink sink) throws CommandException, DeviceProblem {
        asked.stream().widen(AHEAD);
        asked.stream().finish();
        try {
            StrictJson file = asked.reply().await("file");
            StreamInput in = asked.reply().input(asked.stream());
            byte[] buffer = new byte[BUFFER];
            for (int length = in.read(buffer, 0, BUFFER); length >= 0; length = in.read(buffer, 0, BUFFER)) {
                digest.update(buffer, 0, length);
                give(sink, buffer, length);
            }
            String pieces = asked.reply().await("end").string("pieces", 64);
            if (!pieces.equals(HexFormat.of().formatHex(digest.soFar()))) {
                throw new DeviceProblem(Code.CHECKSUM, "What arrived is not what is on the device (checksum differs).");
            }
            return file.number("mtime", -FileRequest.MAX_SIZE, FileRequest.MAX_SIZE);
        } catch (SinkException e) {
            asked.stream().reset(EndReason.DONE, "");
            throw new CommandException(ExitCode.FAILED, "the output cannot be written", e);
        } catch (IOException e) {
            throw asked.reply().failure(e);
        } catch (WireException e) {
            throw Reply.misunderstood(e);
        }
    }

    private static void give(Sink sink, byte[] buffer, int length) {
        try {
            sink.bytes(buffer, length);
        } catch (IOException e) {
            throw new SinkException(e);
        }
    }

    /**
     * Sends a file, going on with what an earlier attempt has brought there.
     *
     * @param progress told how many bytes are there
     */
    public void upload(Path from, FilePath path, boolean replace, int mode, LongConsumer progress)
            throws CommandException, DeviceProblem {
        try (FileChannel file = FileChannel.open(from, StandardOpenOption.READ)) {
            long size = file.size();
            long modified = Files.getLastModifiedTime(from).toMillis();
            Asked asked = ask(new FileRequest.Write(
                    path, size, Optional.of(modified), Optional.of(mode), replace, Optional.empty(), true));
            try {
                send(asked, file, size, progress);
            } catch (IOException e) {
                throw asked.reply().failure(e);
            }
        } catch (IOException e) {
            throw new CommandException(ExitCode.FAILED, "the file cannot be read here: " + e.getMessage(), e);
        } catch (WireException e) {
            throw Reply.misunderstood(e);
        }
    }

    private static void send(Asked asked, FileChannel file, long size, LongConsumer progress)
            throws CommandException, DeviceProblem, IOException, WireException {
        SessionStream stream = asked.stream();
        StrictJson ready = asked.reply().await("ready");
        long offset = ready.number("offset", 0, size);
        PieceDigest digest = new PieceDigest();
        if (offset > 0) {
            hash(file, offset, digest);
            if (!ready.string("pieces", 64).equals(HexFormat.of().formatHex(digest.soFar()))) {
                digest.reset();
                offset = 0;
            }
            stream.sendEvent(Reply.say("from", offset));
        }
        byte[] buffer = new byte[BUFFER];
        long at = offset;
        file.position(at);
        for (int length = file.read(ByteBuffer.wrap(buffer));
                length >= 0;
                length = file.read(ByteBuffer.wrap(buffer))) {
            if (at + length > size) {
                stream.reset(EndReason.DONE, "");
                throw new DeviceProblem(Code.CHANGED, "The file grew while it was sent.");
            }
            digest.update(buffer, 0, length);
            stream.write(buffer, 0, length);
            at += length;
            progress.accept(at);
        }
        stream.sendEvent(Reply.say("pieces", HexFormat.of().formatHex(digest.soFar())));
        stream.finish();
        asked.reply().await("done");
    }

    private static void hash(FileChannel file, long length, PieceDigest digest) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        long at = 0;
        while (at < length) {
            buffer.clear().limit((int) Math.min(BUFFER, length - at));
            int count = file.read(buffer, at);
            if (count < 0) {
                throw new IOException("the file became shorter");
            }
            digest.update(buffer.flip());
            at += count;
        }
    }
}
