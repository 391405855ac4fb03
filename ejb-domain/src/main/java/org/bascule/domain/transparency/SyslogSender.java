package org.bascule.domain.transparency;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages of RFC 5424 over TLS with the framing of RFC 5425 ({@code length SP message}). What could not be sent waits in a queue of {@value #QUEUE} messages, of
 * which the oldest are dropped and counted, and is sent with the next call. The server's certificate must name its host and be issued by one of the CAs.
 *
 * <p>Syslog has no acknowledgement: what was written just before a connection broke may be lost, and the last message is therefore sent again on a new connection.
 */
final class SyslogSender implements AutoCloseable {

    static final int QUEUE = 1_000;

    private static final int TIMEOUT_MILLIS = 5_000;
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
        this.self = header(self);
    }

    /** A header field: printable ASCII without spaces. */
    private static String header(String text) {
        String clean = text.replaceAll("[^\\x21-\\x7e]", "");
        return clean.isEmpty() ? "-" : clean.substring(0, Math.min(clean.length(), 255));
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
                out.write(framed(message));
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

    private static byte[] framed(byte[] message) {
        byte[] length = (message.length + " ").getBytes(StandardCharsets.US_ASCII);
        byte[] frame = new byte[length.length + message.length];
        System.arraycopy(length, 0, frame, 0, length.length);
        System.arraycopy(message, 0, frame, length.length, message.length);
        return frame;
    }

    private SSLSocket connected() throws IOException {
        SSLSocket present = socket;
        if (present != null && !hasEnded(present)) {
            return present;
        }
        close();
        SSLSocket made = connect();
        socket = made;
        if (last != null) {
            made.getOutputStream().write(framed(last));
        }
        return made;
    }

    /** The server never says anything: the end of its stream is the end of the connection. */
    private static boolean hasEnded(SSLSocket present) {
        try {
            present.setSoTimeout(1);
            return present.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private SSLSocket connect() throws IOException {
        Socket plain = new Socket();
        below = plain;
        try {
            plain.connect(new InetSocketAddress(settings.host(), settings.port()), TIMEOUT_MILLIS);
            SSLSocket made = (SSLSocket)
                    context().getSocketFactory().createSocket(plain, settings.host(), settings.port(), true);
            SSLParameters parameters = made.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            made.setSSLParameters(parameters);
            made.setSoTimeout(TIMEOUT_MILLIS);
            made.startHandshake();
            return made;
        } catch (IOException | GeneralSecurityException e) {
            plain.close();
            throw new IOException("no TLS connection to the syslog server: " + e.getMessage(), e);
        }
    }

    private SSLContext context() throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(settings.caFile())) {
            int number = 0;
            for (Certificate ca :
                    List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in))) {
                trusted.setCertificateEntry("ca" + number++, ca);
            }
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
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
