package org.bascule.session.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Optional;

/** Without a proxy: the addresses of a name one after the other. */
final class Direct implements Way {

    static final Direct WAY = new Direct();

    private Direct() {}

    @Override
    public Optional<Proxy> proxy() {
        return Optional.empty();
    }

    @Override
    public Socket connect(String host, int port, Attempt attempt) throws IOException {
        InetAddress[] addresses = InetAddress.getAllByName(host);
        IOException first = null;
        for (int i = 0; i < addresses.length; i++) {
            Socket socket = new Socket();
            try {
                attempt.busyWith(socket);
                socket.setTcpNoDelay(true);
                socket.connect(
                        new InetSocketAddress(addresses[i], port),
                        Math.max(1, attempt.millisLeft() / (addresses.length - i)));
                return socket;
            } catch (IOException e) {
                Connection.closeQuietly(socket);
                attempt.check();
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        throw first == null ? new IOException("a name without an address") : first;
    }
}
