package org.bascule.domain.transparency;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;

/**
 * Delivers messages to a syslog server on a connection of their own, and learns whether they were taken.
 *
 * <p>Syslog has no acknowledgement, but a receiver answers the end of a TLS connection with its own (RFC 5425, section 4.4) once it has read what came before. So the
 * connection is ended after the messages, and they count as delivered when the server has ended it, too. A server that is itself ending connections at just that moment
 * may seem to have answered.
 */
final class RecordDelivery {

    /** After this a delivery is broken off: a write to a server that has stopped reading has no end of its own. */
    static final Duration LONGEST = Duration.ofSeconds(20);

    /** For an end that the server did not wait to be asked for, such as one that is stopping or has too many connections. */
    private static final int UNASKED_MILLIS = 100;

    private RecordDelivery() {}

    /** @throws IOException if it is not known that the server has read everything; it may have read some or all */
    static void deliver(AnchorSettings.Syslog to, List<byte[]> messages) throws IOException {
        try (Socket plain = new Socket()) {
            CompletableFuture<Void> watchdog = CompletableFuture.runAsync(
                    () -> close(plain), CompletableFuture.delayedExecutor(LONGEST.toMillis(), TimeUnit.MILLISECONDS));
            try {
                SSLSocket socket = SyslogTls.connect(plain, to);
                write(socket, messages);
                confirm(socket);
            } finally {
                watchdog.cancel(false);
            }
        }
    }

    private static void write(SSLSocket socket, List<byte[]> messages) throws IOException {
        OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 16_384);
        for (byte[] message : messages) {
            out.write(SyslogTls.framed(message));
        }
        out.flush();
    }

    private static void confirm(SSLSocket socket) throws IOException {
        if (SyslogTls.hasEnded(socket, UNASKED_MILLIS)) {
            throw new IOException("the syslog server has ended the connection");
        }
        socket.setSoTimeout(SyslogTls.TIMEOUT_MILLIS);
        socket.shutdownOutput();
        InputStream in = socket.getInputStream();
        byte[] ignored = new byte[1_024];
        int read = 0;
        while (read >= 0) {
            read = in.read(ignored);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is of no use any more
        }
    }
}
