package org.bascule.agent.vnc;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.desktop.DesktopProblem;
import org.bascule.agent.desktop.DesktopProblem.Code;

/** The connection to a server, which may be closed by any thread. */
final class VncConnection {

    /** For everything until the screen may be shown. */
    private static final long HELLO_NANOS = TimeUnit.SECONDS.toNanos(15);

    private static final int RECEIVE_BUFFER = 128 << 10;

    private final SocketChannel channel;
    private final InputStream in;
    private final OutputStream out;
    private volatile boolean greeted;
    private final long begun = System.nanoTime();

    VncConnection(SocketChannel channel) throws IOException {
        this.channel = channel;
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        // what the client has no room for stays with the server
        channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
        this.in = channel.socket().getInputStream();
        this.out = channel.socket().getOutputStream();
    }

    InputStream in() {
        return in;
    }

    OutputStream out() {
        return out;
    }

    ServerHello greet(Optional<String> password) throws IOException, PasswordException, DesktopProblem {
        try {
            ServerHello hello = ServerHello.of(new DataInputStream(in), out, password);
            greeted = true;
            return hello;
        } catch (BadRfbException e) {
            throw new DesktopProblem(Code.BAD_SERVER, "The VNC server " + e.getMessage() + ".");
        } catch (IOException e) {
            throw new DesktopProblem(
                    Code.UNREACHABLE,
                    isLate()
                            ? "The VNC server did not answer within 15 seconds."
                            : "The VNC server has ended the connection before it showed anything.");
        }
    }

    /** Whether the server takes too long to let the agent in. */
    boolean isLate() {
        return !greeted && System.nanoTime() - begun > HELLO_NANOS;
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // nothing is left of it
        }
    }
}
