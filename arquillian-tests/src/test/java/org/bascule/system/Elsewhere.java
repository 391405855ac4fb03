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

/** Another place on the net: a SOCKS proxy (RFC 1928) whose connections to this machine come from an address of their own, 127.0.0.0/8 being large. */
final class Elsewhere implements AutoCloseable {

    private static final int CONNECT_MS = 5_000;

    private final ServerSocket listener;
    private final String address;

    private Elsewhere(ServerSocket listener, String address) {
        this.listener = listener;
        this.address = address;
    }

    /** @param address of 127.0.0.0/8, which nothing else uses */
    static Elsewhere at(String address) {
        try {
            Elsewhere elsewhere = new Elsewhere(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()), address);
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

    private static void pump(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            in.transferTo(to.getOutputStream());
        } catch (IOException e) {
            // one side has gone
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
