package org.bascule.agent.file;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.posix.Fd;
import org.bascule.agent.posix.Posix;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.DeviceProblem.Code;
import org.bascule.session.service.FileRequest;

/** ClamAV's daemon, asked by {@code INSTREAM} (clamd(8)). What it cannot look at is not let through. */
final class VirusScan {

    private static final System.Logger LOG = System.getLogger(VirusScan.class.getName());
    private static final Duration SILENCE = Duration.ofMinutes(5);
    private static final int MAX_ANSWER = 4_096;
    /** Ends scans that do not go on: a channel has no time limit of its own. */
    private static final ScheduledExecutorService WATCH = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "virus-scan-watch");
        thread.setDaemon(true);
        return thread;
    });

    private final String clamd;

    /** @param clamd path of its socket, or {@code host:port} */
    VirusScan(String clamd) {
        this.clamd = clamd;
    }

    /** @throws DeviceProblem if it is infected, or cannot be looked at */
    void requireClean(FileJob job, Fd file, FileRequest.Write request, ByteBuffer buffer, String sha256)
            throws IOException, DeviceProblem {
        String verdict;
        try {
            verdict = ask(job, file, request, buffer);
        } catch (IOException e) {
            job.stream().requireOpen();
            LOG.log(System.Logger.Level.WARNING, "no virus scan by {0}: {1}", clamd, e.getMessage());
            throw new DeviceProblem(
                    Code.SCAN_FAILED, "The device's virus scanner cannot be reached; nothing was kept.");
        }
        if (verdict.endsWith(" FOUND")) {
            String name = verdict.replaceFirst("^stream: ", "").replaceFirst(" FOUND$", "");
            LOG.log(System.Logger.Level.WARNING, "an upload was refused: {0}, SHA-256 {1}", printable(name), sha256);
            throw new DeviceProblem(
                    Code.INFECTED, "The virus scanner found " + printable(name) + "; nothing was kept.");
        }
        if (!verdict.equals("stream: OK")) {
            LOG.log(System.Logger.Level.WARNING, "the virus scanner said: {0}", printable(verdict));
            throw new DeviceProblem(
                    Code.SCAN_FAILED,
                    verdict.contains("size limit")
                            ? "The file is larger than the device's virus scanner takes (StreamMaxLength); nothing was kept."
                            : "The device's virus scanner could not look at the file; nothing was kept.");
        }
    }

    private static String printable(String text) {
        String plain = text.replaceAll("[^\\x20-\\x7e]", "?");
        return plain.length() > 128 ? plain.substring(0, 128) : plain;
    }

    private String ask(FileJob job, Fd file, FileRequest.Write request, ByteBuffer buffer)
            throws IOException, DeviceProblem {
        try (SocketChannel channel = connect()) {
            // nobody waits for what it says once the client is gone
            ScheduledFuture<?> watch =
                    WATCH.scheduleWithFixedDelay(() -> closeIfOver(job, channel), 1, 1, TimeUnit.SECONDS);
            try {
                channel.write(ByteBuffer.wrap("zINSTREAM\0".getBytes(StandardCharsets.US_ASCII)));
                sendAll(job, file, request, buffer, channel);
                return answer(channel);
            } finally {
                watch.cancel(false);
            }
        }
    }

    private static void closeIfOver(FileJob job, SocketChannel channel) {
        try {
            job.stream().requireOpen();
        } catch (IOException e) {
            close(channel);
        }
    }

    private static void sendAll(
            FileJob job, Fd file, FileRequest.Write request, ByteBuffer buffer, SocketChannel channel)
            throws IOException, DeviceProblem {
        try {
            send(job, file, request, buffer, channel);
        } catch (IOException e) {
            job.stream().requireOpen();
            // it stops listening when it has had enough, and says why
            LOG.log(System.Logger.Level.DEBUG, "the virus scanner stopped listening: {0}", e.getMessage());
        }
    }

    private SocketChannel connect() throws IOException {
        if (clamd.startsWith("/")) {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(clamd));
            return channel;
        }
        int colon = clamd.lastIndexOf(':');
        try {
            return SocketChannel.open(new InetSocketAddress(
                    clamd.substring(0, Math.max(colon, 0)), Integer.parseInt(clamd.substring(colon + 1))));
        } catch (RuntimeException e) {
            throw new IOException("'clamd' is neither a path nor host:port", e);
        }
    }

    /** {@code u32 length ‖ bytes} again and again, at the end a length of 0. */
    private static void send(FileJob job, Fd file, FileRequest.Write request, ByteBuffer buffer, SocketChannel channel)
            throws IOException, DeviceProblem {
        ByteBuffer length = ByteBuffer.allocate(4);
        long at = 0;
        while (true) {
            job.require(request);
            long from = at;
            int count = job.files(() -> Posix.read(file, buffer, from));
            length.clear().putInt(count).flip();
            write(channel, length);
            if (count == 0) {
                return;
            }
            write(channel, buffer);
            at += count;
        }
    }

    private static void write(SocketChannel channel, ByteBuffer bytes) throws IOException {
        ScheduledFuture<?> limit = limit(channel);
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } finally {
            limit.cancel(false);
        }
    }

    private static String answer(SocketChannel channel) throws IOException {
        ScheduledFuture<?> limit = limit(channel);
        try {
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            ByteBuffer some = ByteBuffer.allocate(512);
            while (answer.size() < MAX_ANSWER && read(channel, some, answer.size() > 0)) {
                some.flip();
                answer.write(some.array(), 0, some.limit());
                some.clear();
            }
            return answer.toString(StandardCharsets.US_ASCII).replace("\0", "").strip();
        } finally {
            limit.cancel(false);
        }
    }

    /** What it has not taken makes its end of the connection a reset, behind the answer. */
    private static boolean read(SocketChannel channel, ByteBuffer into, boolean answered) throws IOException {
        try {
            return channel.read(into) >= 0;
        } catch (IOException e) {
            if (answered) {
                return false;
            }
            throw e;
        }
    }

    private static ScheduledFuture<?> limit(SocketChannel channel) {
        return WATCH.schedule(() -> close(channel), SILENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing: {0}", e.getMessage());
        }
    }
}
