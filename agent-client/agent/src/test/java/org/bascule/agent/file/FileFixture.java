package org.bascule.agent.file;

import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.account.Account;
import org.bascule.agent.account.AccountDirectory;
import org.bascule.agent.policy.FilePolicy;
import org.bascule.session.service.FileEntry;
import org.bascule.session.service.FilePath;
import org.bascule.session.service.FileRequest;
import org.bascule.session.service.PieceDigest;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import org.bascule.wire.Sha256;

/** The service with one root, and a client. */
final class FileFixture implements AutoCloseable {

    static final Operations BOTH = Operations.of(Operations.FILE_READ, Operations.FILE_WRITE);

    final FileService service = new FileService();
    final FilePath root;
    final ExecutorService executor = Executors.newCachedThreadPool();
    final List<String> log = new CopyOnWriteArrayList<>();
    volatile Operations permitted = BOTH;
    volatile Account account;
    /** The log takes nothing. */
    volatile boolean full;
    /** Happens while the log waits for room. */
    volatile Runnable onLog = () -> {};

    volatile Optional<String> clamd = Optional.empty();
    /** Whether the log is. */
    volatile boolean kept = true;

    FileFixture(Path root) throws Exception {
        this.root = FilePath.ofText(root.toRealPath().toString());
        this.account = new AccountDirectory().own();
    }

    FilePath path(String text) {
        return root.resolve(FilePath.raw(text));
    }

    Future<?> start(FileStream stream, FileRequest request) {
        return executor.submit(() -> {
            service.run(
                    stream,
                    request,
                    new FilePolicy(Optional.of(List.of(root)), clamd),
                    new FileService.Caller(account, AccountDirectory.ownUid(), () -> permitted, "user-1"),
                    new FileLog() {
                        @Override
                        public boolean isKept() {
                            return kept;
                        }

                        @Override
                        public void before(What what, FilePath path, long size, String detail) throws IOException {
                            if (full) {
                                throw new IOException("no room");
                            }
                            onLog.run();
                            log.add(what + " " + path + " " + size + " " + detail);
                        }

                        @Override
                        public void broken(FilePath path, long size, long sent) {
                            log.add("BROKEN " + path + " " + size + " " + sent);
                        }
                    });
            return "over";
        });
    }

    /** Runs a request that needs no input. */
    FileStream run(FileRequest request) throws Exception {
        FileStream stream = new FileStream();
        start(stream, request).get(30, TimeUnit.SECONDS);
        return stream;
    }

    /** The code of the refusal. */
    String refused(FileRequest request) throws Exception {
        FileStream stream = run(request);
        JsonObject last = last(stream);
        return last.getJsonObject("error").getString("code");
    }

    static JsonObject last(FileStream stream) {
        return List.copyOf(stream.events).get(stream.events.size() - 1);
    }

    List<FileEntry> list(FilePath folder) throws Exception {
        FileStream stream = run(new FileRequest.List(folder));
        ByteArrayInputStream in = new ByteArrayInputStream(stream.bytes());
        List<FileEntry> entries = new ArrayList<>();
        for (Optional<FileEntry> next = FileEntry.read(in); next.isPresent(); next = FileEntry.read(in)) {
            entries.add(next.get());
        }
        if (last(stream).getJsonObject("end").getInt("entries") != entries.size()) {
            throw new AssertionError("the number of entries is wrong");
        }
        return entries;
    }

    List<String> names(FilePath folder) throws Exception {
        return list(folder).stream().map(FileEntry::name).sorted().toList();
    }

    static FileRequest.Write write(FilePath path, long size, boolean replace, boolean resume) {
        return new FileRequest.Write(
                path, size, Optional.of(1_700_000_000_123L), Optional.empty(), replace, Optional.empty(), resume);
    }

    static FileRequest.Read read(FilePath path) {
        return new FileRequest.Read(path, 0, Optional.empty(), Optional.empty());
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(Sha256.of(bytes));
    }

    static String pieces(byte[] bytes) {
        PieceDigest digest = new PieceDigest();
        digest.update(bytes, 0, bytes.length);
        return HexFormat.of().formatHex(digest.soFar());
    }

    static JsonObject checksum(byte[] bytes) {
        return Json.createObjectBuilder().add("pieces", pieces(bytes)).build();
    }

    FileStream upload(FileRequest.Write request, byte[] bytes) throws Exception {
        FileStream stream = new FileStream();
        stream.give(bytes);
        stream.say(checksum(bytes));
        stream.end();
        start(stream, request).get(30, TimeUnit.SECONDS);
        return stream;
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
