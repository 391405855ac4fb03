package org.bascule.system;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * A cable with a clamp on it: a TCP proxy in front of one server port on loopback, which records what passes and can cut, freeze or change it. With TLS it
 * stands where a terminating proxy would, with the server's own certificate, so that it sees what the server receives after TLS.
 */
final class Tap implements AutoCloseable {

    /** One connection through the tap. Each direction is recorded while recording is on. */
    static final class Line {
        private final Socket near;
        private final Socket far;
        private final ByteArrayOutputStream toServer = new ByteArrayOutputStream();
        private final ByteArrayOutputStream toClient = new ByteArrayOutputStream();

        private Line(Socket near, Socket far) {
            this.near = near;
            this.far = far;
        }

        byte[] toServer() {
            synchronized (toServer) {
                return toServer.toByteArray();
            }
        }

        byte[] toClient() {
            synchronized (toClient) {
                return toClient.toByteArray();
            }
        }

        private void close() {
            closeQuietly(near);
            closeQuietly(far);
        }
    }

    private final String name;
    private final ServerSocket listener;
    private final int target;
    private final Optional<Supplier<SSLContext>> tls;
    private final List<Line> lines = new CopyOnWriteArrayList<>();
    private final Set<Line> open = ConcurrentHashMap.newKeySet();
    private final Object gate = new Object();
    /** Guarded by {@link #gate}. */
    private boolean frozen;

    private volatile boolean recording;
    private volatile int delayMillis;
    private volatile UnaryOperator<byte[]> change = UnaryOperator.identity();

    private Tap(String name, ServerSocket listener, int target, Optional<Supplier<SSLContext>> tls) {
        this.name = name;
        this.listener = listener;
        this.target = target;
        this.tls = tls;
    }

    static Tap plain(String name, int target) {
        return started(name, target, Optional.empty());
    }

    /** @param context with the certificate and key of the server, and trust in it; asked for when the first connection comes */
    static Tap tls(String name, int target, Supplier<SSLContext> context) {
        return started(name, target, Optional.of(context));
    }

    /** Not on loopback but there. */
    static Tap at(InetSocketAddress address, int target) {
        return started("at " + address, address, target, Optional.empty());
    }

    /** With TLS of its own, which is not the server's: something that inspects what passes. */
    static Tap inspecting(InetSocketAddress address, int target, SSLContext context) {
        return started("inspecting", address, target, Optional.of(() -> context));
    }

    private static Tap started(String name, int target, Optional<Supplier<SSLContext>> tls) {
        return started(name, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), target, tls);
    }

    private static Tap started(String name, InetSocketAddress address, int target, Optional<Supplier<SSLContext>> tls) {
        try {
            return started(new Tap(name, new ServerSocket(address.getPort(), 200, address.getAddress()), target, tls));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Tap started(Tap tap) {
        Thread thread = new Thread(tap::accept, "tap-" + tap.name);
        thread.setDaemon(true);
        thread.start();
        return tap;
    }

    String name() {
        return name;
    }

    /** The port that it stands in front of. */
    int target() {
        return target;
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Forgets what was recorded, and records from now on: new connections from their start, open ones from here. */
    void record() {
        lines.clear();
        for (Line line : open) {
            synchronized (line.toServer) {
                line.toServer.reset();
            }
            synchronized (line.toClient) {
                line.toClient.reset();
            }
            lines.add(line);
        }
        recording = true;
    }

    List<Line> recorded() {
        return List.copyOf(lines);
    }

    /** A pulled cable: connections stay, nothing passes, until {@code false}. */
    void freeze(boolean value) {
        synchronized (gate) {
            frozen = value;
            gate.notifyAll();
        }
    }

    /** A long way: what is said one after the other takes so much longer, each way. */
    void delay(int millis) {
        delayMillis = millis;
    }

    void cut() {
        open.forEach(Line::close);
    }

    /** Changes every chunk that goes to the server. */
    void changeToServer(UnaryOperator<byte[]> operator) {
        change = operator;
    }

    int openLines() {
        return open.size();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket near = listener.accept();
                near.setTcpNoDelay(true);
                Thread connect = new Thread(() -> connect(near), "tap-connect-" + name);
                connect.setDaemon(true);
                connect.start();
            } catch (IOException e) {
                // closed, or one client that gave up
            }
        }
    }

    private void connect(Socket accepted) {
        Socket near = accepted;
        try {
            Socket far = new Socket();
            far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 5_000);
            if (tls.isPresent()) {
                SSLSocketFactory factory = tls.get().get().getSocketFactory();
                SSLSocket server = (SSLSocket) factory.createSocket(accepted, null, accepted.getPort(), true);
                server.setUseClientMode(false);
                near = server;
                far = factory.createSocket(far, "localhost", target, true);
            }
            far.setTcpNoDelay(true);
            Line line = new Line(near, far);
            open.add(line);
            if (recording) {
                lines.add(line);
            }
            pump(line, near, far, line.toServer, true);
            pump(line, far, near, line.toClient, false);
        } catch (IOException e) {
            closeQuietly(near);
        }
    }

    private void pump(Line line, Socket from, Socket to, ByteArrayOutputStream record, boolean toServer) {
        Thread thread = new Thread(
                () -> {
                    byte[] buffer = new byte[65_536];
                    try (InputStream in = from.getInputStream();
                            OutputStream out = to.getOutputStream()) {
                        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                            awaitThaw();
                            if (delayMillis > 0) {
                                Thread.sleep(delayMillis);
                            }
                            byte[] chunk = java.util.Arrays.copyOf(buffer, n);
                            if (toServer) {
                                chunk = change.apply(chunk);
                            }
                            if (recording) {
                                synchronized (record) {
                                    record.write(chunk);
                                }
                            }
                            out.write(chunk);
                            out.flush();
                        }
                    } catch (IOException | InterruptedException e) {
                        // one side has gone
                    } finally {
                        line.close();
                        open.remove(line);
                    }
                },
                "tap-pump-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void awaitThaw() throws InterruptedException {
        synchronized (gate) {
            while (frozen) {
                gate.wait();
            }
        }
    }

    @Override
    public void close() {
        closeQuietly(listener);
        freeze(false);
        cut();
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            // it is gone either way
        }
    }
}
