package org.bascule.system;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Another place on the net: a SOCKS proxy (RFC 1928) whose connections to this machine come from an address of their own, 127.0.0.0/8 being large. */
final class Elsewhere implements AutoCloseable {

    private static final int CONNECT_MS = 5_000;

    private static final int CHUNK = 64 << 10;
    /** On their way in one direction. */
    private static final int CHUNKS = 1_024;

    private final ServerSocket listener;
    private final String address;
    private final Duration delay;

    private Elsewhere(ServerSocket listener, String address, Duration delay) {
        this.listener = listener;
        this.address = address;
        this.delay = delay;
    }

    /** @param address of 127.0.0.0/8, which nothing else uses */
    static Elsewhere at(String address) {
        return at(address, Duration.ZERO);
    }

    /** @param delay what everything takes longer, in each direction */
    static Elsewhere at(String address, Duration delay) {
        try {
            Elsewhere elsewhere =
                    new Elsewhere(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()), address, delay);
            daemon(elsewhere::accept);
            return elsewhere;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String address() {
        return address;
    }

    /** For browsers. */
    String socksUrl() {
        return "socks5://127.0.0.1:" + listener.getLocalPort();
    }

    /** For programs. */
    Proxy proxy() {
        return new Proxy(
                Proxy.Type.SOCKS, new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort()));
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket near = listener.accept();
                daemon(() -> connect(near));
            } catch (IOException e) {
                // closed
            }
        }
    }

    private void connect(Socket near) {
        try {
            DataInputStream in = new DataInputStream(near.getInputStream());
            OutputStream out = near.getOutputStream();
            in.readByte();
            in.readNBytes(in.readUnsignedByte());
            out.write(new byte[] {5, 0});
            in.readNBytes(3);
            switch (in.readUnsignedByte()) {
                case 1 -> in.readNBytes(4);
                case 3 -> in.readNBytes(in.readUnsignedByte());
                default -> in.readNBytes(16);
            }
            int port = in.readUnsignedShort();
            Socket far = new Socket();
            far.bind(new InetSocketAddress(address, 0));
            far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MS);
            out.write(new byte[] {5, 0, 0, 1, 0, 0, 0, 0, 0, 0});
            daemon(() -> pump(far, near));
            pump(near, far);
        } catch (IOException e) {
            closeQuietly(near);
        }
    }

    private void pump(Socket from, Socket to) {
        try (from;
                to) {
            if (delay.isZero()) {
                from.getInputStream().transferTo(to.getOutputStream());
            } else {
                pumpLate(from.getInputStream(), to.getOutputStream());
            }
        } catch (IOException e) {
            // one side has gone
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @param bytes none: the end */
    private record Late(long due, byte[] bytes) {}

    private void pumpLate(InputStream in, OutputStream out) throws IOException, InterruptedException {
        BlockingQueue<Late> onTheirWay = new ArrayBlockingQueue<>(CHUNKS);
        CompletableFuture<Void> arrived = new CompletableFuture<>();
        daemon(() -> {
            try {
                for (Late next = onTheirWay.take(); next.bytes().length > 0; next = onTheirWay.take()) {
                    TimeUnit.NANOSECONDS.sleep(next.due() - System.nanoTime());
                    out.write(next.bytes());
                }
                arrived.complete(null);
            } catch (IOException | InterruptedException e) {
                arrived.completeExceptionally(e);
                onTheirWay.clear();
            }
        });
        byte[] buffer = new byte[CHUNK];
        for (int count = in.read(buffer); count >= 0 && !arrived.isDone(); count = in.read(buffer)) {
            onTheirWay.put(new Late(System.nanoTime() + delay.toNanos(), Arrays.copyOf(buffer, count)));
        }
        onTheirWay.put(new Late(0, new byte[0]));
        try {
            arrived.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "elsewhere");
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            // it is gone either way
        }
    }

    @Override
    public void close() {
        closeQuietly(listener);
    }
}
