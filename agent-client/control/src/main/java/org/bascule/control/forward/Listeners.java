package org.bascule.control.forward;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.remote.DeviceSession;
import org.bascule.control.remote.Watchers;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.TcpRequest;

/** Ports of this machine that lead through a session. */
public final class Listeners implements AutoCloseable {

    private static final int BACKLOG = 256;
    /** Clients of the proxy that have not said yet what they want. */
    private static final int MAX_ASKING = 64;

    private static final int MAX_WAITING = 512;
    private static final long ASK_WITHIN_NANOS = 10_000_000_000L;

    private final Journal journal;
    private final List<ServerSocketChannel> servers = new ArrayList<>();
    private final ThreadPoolExecutor asking = new ThreadPoolExecutor(
            MAX_ASKING, MAX_ASKING, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MAX_WAITING), task -> {
                Thread thread = new Thread(task, "bascule-socks");
                thread.setDaemon(true);
                return thread;
            });

    public Listeners(Journal journal) {
        this.journal = journal;
        asking.allowCoreThreadTimeOut(true);
    }

    /** Takes the port, before there is a session: so that nobody is asked for consent in vain. */
    public ServerSocketChannel bind(String address, int port) throws CommandException {
        try {
            ServerSocketChannel server = ServerSocketChannel.open();
            servers.add(server);
            server.bind(new InetSocketAddress(InetAddress.getByName(address), port), BACKLOG);
            return server;
        } catch (UnknownHostException e) {
            throw new CommandException(ExitCode.USAGE, "there is no address " + Printable.of(address), e);
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.FAILED,
                    "port %d of %s cannot be used: %s"
                            .formatted(port, Printable.of(address), Printable.of(String.valueOf(e.getMessage()))),
                    e);
        }
    }

    /** Forwards what comes to these ports until the session ends. */
    public Serving serve(DeviceSession session, Watchers watchers) {
        return new Serving(new Outgoing(session, journal, watchers));
    }

    /** With a session. */
    public final class Serving implements AutoCloseable {

        private final Outgoing outgoing;

        Serving(Outgoing outgoing) {
            this.outgoing = outgoing;
        }

        /** @param shown where it leads, as typed */
        public void forward(ServerSocketChannel server, TcpRequest to, String shown) throws CommandException {
            start(server, "Forwarding", shown, socket -> outgoing.forward(socket, to));
        }

        public void proxy(ServerSocketChannel server, Destinations destinations, String shown) throws CommandException {
            start(server, "SOCKS proxy", shown, socket -> ask(socket, destinations));
        }

        private void ask(SocketChannel socket, Destinations destinations) {
            try {
                asking.execute(() -> {
                    try {
                        answer(socket, destinations);
                    } catch (IOException | RuntimeException e) {
                        Outgoing.closeQuietly(socket);
                    }
                });
            } catch (RejectedExecutionException e) {
                Outgoing.closeQuietly(socket);
            }
        }

        private void answer(SocketChannel socket, Destinations destinations) throws IOException {
            TcpRequest asked =
                    Socks5.read(new WithDeadline(socket), socket.socket().getOutputStream());
            outgoing.forward(socket, destinations.request(asked.host(), asked.port()), new Outgoing.Answer() {
                @Override
                public void connected() throws IOException {
                    socket.write(ByteBuffer.wrap(Socks5.succeeded()));
                }

                @Override
                public void failed(DeviceProblem.Code code) {
                    try {
                        socket.write(ByteBuffer.wrap(Socks5.failed(code)));
                        socket.shutdownOutput();
                    } catch (IOException e) {
                        // it does not wait any more
                    }
                    Outgoing.closeQuietly(socket);
                }
            });
        }

        private void start(ServerSocketChannel server, String what, String shown, Taker taker) throws CommandException {
            try {
                InetSocketAddress at = (InetSocketAddress) server.getLocalAddress();
                journal.listening(what, at.getAddress().getHostAddress(), at.getPort(), shown);
            } catch (IOException e) {
                throw new CommandException(ExitCode.FAILED, "a port was closed", e);
            }
            Thread thread = new Thread(() -> accept(server, taker), "bascule-accept");
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() {
            outgoing.close();
        }
    }

    @FunctionalInterface
    private interface Taker {
        void take(SocketChannel socket);
    }

    private static void accept(ServerSocketChannel server, Taker taker) {
        while (server.isOpen()) {
            try {
                taker.take(server.accept());
            } catch (IOException e) {
                if (server.isOpen() && !pause()) {
                    return;
                }
            }
        }
    }

    /** There may be no file descriptors left for now. */
    private static boolean pause() {
        try {
            Thread.sleep(100);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** All that a client says must have come in time. */
    private static final class WithDeadline extends InputStream {

        private final SocketChannel socket;
        private final InputStream in;
        private final long deadline = System.nanoTime() + ASK_WITHIN_NANOS;

        WithDeadline(SocketChannel socket) throws IOException {
            this.socket = socket;
            this.in = socket.socket().getInputStream();
        }

        private void limit() throws IOException {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new SocketTimeoutException("too slow");
            }
            socket.socket().setSoTimeout((int) left);
        }

        @Override
        public int read() throws IOException {
            limit();
            return in.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            limit();
            return in.read(target, offset, length);
        }
    }

    @Override
    public void close() {
        for (ServerSocketChannel server : servers) {
            try {
                server.close();
            } catch (IOException e) {
                // nothing is left of it
            }
        }
        asking.shutdownNow();
    }
}
