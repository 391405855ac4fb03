package org.bascule.launcher.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A log file that takes at most twice its limit on disk: when it is full, and when the program starts anew, it becomes {@code NAME.1}.
 *
 * <p>The output of a program is always read to its end, also when the disk is full: a program never waits for its log.
 */
final class BoundedLog {

    private static final int TAIL_BYTES = 32 * 1024;

    private final Path file;
    private final long limit;
    private @Nullable Thread reader;

    private BoundedLog(Path file, long limit) {
        this.file = file;
        this.limit = limit;
    }

    static BoundedLog in(Path folder, String name, long limit) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve(name + ".log");
        if (Files.exists(file)) {
            keepOlder(file);
        }
        return new BoundedLog(file, limit);
    }

    private static void keepOlder(Path file) throws IOException {
        Files.move(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
    }

    void follow(InputStream output, String name) {
        Thread thread = new Thread(() -> copy(output), "log-" + name);
        thread.setDaemon(true);
        thread.start();
        reader = thread;
    }

    /** Waits a moment for what the ended program still wrote. */
    void awaitEnd() throws InterruptedException {
        Thread thread = reader;
        if (thread != null) {
            thread.join(TimeUnit.SECONDS.toMillis(2));
        }
    }

    List<String> lastLines(int count) {
        try {
            long size = Files.exists(file) ? Files.size(file) : 0;
            try (InputStream in = Files.newInputStream(file)) {
                in.skipNBytes(Math.max(0, size - TAIL_BYTES));
                List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .toList();
                return lines.subList(Math.max(0, lines.size() - count), lines.size());
            }
        } catch (IOException e) {
            return List.of("(no log: " + e.getMessage() + ")");
        }
    }

    private void copy(InputStream output) {
        byte[] buffer = new byte[8192];
        List<IOException> refused = new ArrayList<>();
        try (Sink sink = new Sink()) {
            for (int n = output.read(buffer); n >= 0; n = output.read(buffer)) {
                try {
                    sink.write(buffer, n);
                } catch (IOException e) {
                    refused.add(e);
                    if (refused.size() > 1) {
                        refused.remove(0);
                    }
                }
            }
        } catch (IOException e) {
            // the program is gone; its pipe too
            refused.clear();
        }
    }

    private final class Sink implements AutoCloseable {

        private @Nullable OutputStream out;
        private long written;

        void write(byte[] bytes, int length) throws IOException {
            if (out == null || written > limit) {
                begin();
            }
            OutputStream target = out;
            if (target != null) {
                target.write(bytes, 0, length);
                written += length;
            }
        }

        private void begin() throws IOException {
            close();
            if (Files.exists(file)) {
                keepOlder(file);
            }
            out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            written = 0;
        }

        @Override
        public void close() {
            OutputStream last = out;
            out = null;
            if (last != null) {
                try {
                    last.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }
}
