package org.bascule.domain.transparency;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages of RFC 5424 over TLS with the framing of RFC 5425 ({@code length SP message}). What could not be sent waits in a queue of {@value #QUEUE} messages, of
 * which the oldest are dropped and counted, and is sent with the next call. The server's certificate must name its host and be issued by one of the CAs.
 *
 * <p>Syslog has no acknowledgement: what was written just before a connection broke may be lost, and the last message is therefore sent again on a new connection.
 */
final class SyslogSender implements AutoCloseable {

    static final int QUEUE = 1_000;

    /** After this a send is broken off: a write to a server that has stopped reading has no end of its own. */
    static final Duration LONGEST_SEND = Duration.ofSeconds(10);

    /** Facility 13, log audit; severity 5, notice. */
    private static final int PRIORITY = 13 * 8 + 5;

    private final AnchorSettings.Syslog settings;
    private final String self;

    // all guarded by this
    private final Deque<byte[]> queue = new ArrayDeque<>();
    private byte @Nullable [] last;
    private @Nullable SSLSocket socket;
    private long dropped;

    /** What is below {@link #socket}; closed from outside of the lock, which whoever writes holds. */
    private volatile @Nullable Socket below;

    SyslogSender(AnchorSettings.Syslog settings, String self) {
        this.settings = settings;
        this.self = SyslogTls.header(self, 255);
    }

    /** Queues a message; control characters in it become spaces, so that it is one line. */
    synchronized void add(Instant time, String messageId, String text) {
        String message = "<%d>1 %s %s bascule - %s - %s"
                .formatted(
                        PRIORITY,
                        time.truncatedTo(ChronoUnit.MILLIS),
                        self,
                        messageId,
                        text.replaceAll("\\p{Cntrl}", " "));
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        if (queue.size() == QUEUE) {
            queue.removeFirst();
            dropped++;
        }
        queue.addLast(bytes);
    }

    /** Messages that were dropped because the server was away for too long. */
    synchronized long dropped() {
        return dropped;
    }

    /** Sends what waits, for at most {@link #LONGEST_SEND}. What cannot be sent goes on waiting. */
    synchronized void send() throws IOException {
        if (queue.isEmpty()) {
            return;
        }
        CompletableFuture<Void> watchdog = CompletableFuture.runAsync(
                this::breakOff, CompletableFuture.delayedExecutor(LONGEST_SEND.toMillis(), TimeUnit.MILLISECONDS));
        try {
            OutputStream out = connected().getOutputStream();
            while (!queue.isEmpty()) {
                byte[] message = queue.getFirst();
                out.write(SyslogTls.framed(message));
                out.flush();
                last = message;
                queue.removeFirst();
            }
        } catch (IOException e) {
            close();
            throw e;
        } finally {
            watchdog.cancel(false);
        }
    }

    /** Not by closing the TLS socket: that would wait for the write. */
    private void breakOff() {
        Socket present = below;
        if (present != null) {
            try {
                present.close();
            } catch (IOException e) {
                // it is of no use any more
            }
        }
    }

    private SSLSocket connected() throws IOException {
        SSLSocket present = socket;
        if (present != null && !SyslogTls.hasEnded(present, 1)) {
            return present;
        }
        close();
        SSLSocket made = connect();
        socket = made;
        if (last != null) {
            made.getOutputStream().write(SyslogTls.framed(last));
        }
        return made;
    }

    private SSLSocket connect() throws IOException {
        Socket plain = new Socket();
        below = plain;
        return SyslogTls.connect(plain, settings);
    }

    @Override
    public synchronized void close() {
        SSLSocket present = socket;
        socket = null;
        if (present != null) {
            try {
                present.close();
            } catch (IOException e) {
                // it is of no use any more
            }
        }
    }
}
