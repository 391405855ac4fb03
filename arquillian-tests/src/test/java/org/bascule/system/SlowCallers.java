package org.bascule.system;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import javax.net.ssl.SSLSocketFactory;

/** Connections whose request's header never ends, half of them by TLS. */
final class SlowCallers implements Closeable {

    private static final byte[] BEGINNING =
            "GET /api/installation HTTP/1.1\r\nHost: localhost\r\nX-Slow: ".getBytes(StandardCharsets.US_ASCII);

    private final List<Socket> open = new ArrayList<>();

    /** Opens so many of each to the listeners of the access server itself. */
    SlowCallers(TheSystem system, int ofEach) throws IOException {
        SSLSocketFactory tls = system.trustingTls().getSocketFactory();
        for (int i = 0; i < ofEach; i++) {
            add(new Socket(InetAddress.getLoopbackAddress(), TheSystem.port("http")));
            add(tls.createSocket(InetAddress.getLoopbackAddress(), TheSystem.port("https")));
        }
    }

    private void add(Socket socket) throws IOException {
        open.add(socket);
        socket.setTcpNoDelay(true);
        socket.getOutputStream().write(BEGINNING);
    }

    /** Each says one more byte of its header. @return how many have not been closed */
    int more() {
        for (Iterator<Socket> each = open.iterator(); each.hasNext(); ) {
            Socket socket = each.next();
            try {
                socket.getOutputStream().write('a');
            } catch (IOException closed) {
                each.remove();
                closeQuietly(socket);
            }
        }
        return open.size();
    }

    @Override
    public void close() {
        open.forEach(SlowCallers::closeQuietly);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            // by the other side
        }
    }
}
