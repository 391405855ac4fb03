package org.bascule.agent.vnc;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A VNC server that says what a test wants. */
final class ScriptedServer implements AutoCloseable {

    static final int WIDTH = 64;
    static final int HEIGHT = 48;

    /** What it does with a client. */
    interface Script {
        void run(DataInputStream in, DataOutputStream out) throws IOException;
    }

    private final ServerSocket listening;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    volatile long sent;

    ScriptedServer(Script script) throws IOException {
        listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(
                () -> {
                    while (!listening.isClosed()) {
                        try (Socket socket = listening.accept()) {
                            script.run(
                                    new DataInputStream(socket.getInputStream()),
                                    new DataOutputStream(socket.getOutputStream()));
                        } catch (IOException e) {
                            // this client is over, or all of it
                        }
                    }
                },
                "scripted-vnc-server");
        thread.setDaemon(true);
        thread.start();
    }

    /** Lets the client in without a password, then runs the rest and records what the client says. */
    static ScriptedServer afterHello(Script rest) throws IOException {
        ScriptedServer[] self = new ScriptedServer[1];
        self[0] = new ScriptedServer((in, out) -> {
            hello(in, out);
            rest.run(in, out);
            for (int next = in.read(); next >= 0; next = in.read()) {
                synchronized (self[0].received) {
                    self[0].received.write(next);
                }
            }
        });
        return self[0];
    }

    static void hello(DataInputStream in, DataOutputStream out) throws IOException {
        text(out, "RFB 003.008\n");
        in.readFully(new byte[12]);
        out.write(new byte[] {1, 1});
        in.readUnsignedByte();
        out.writeInt(0);
        init(in, out);
    }

    static void init(DataInputStream in, DataOutputStream out) throws IOException {
        in.readUnsignedByte();
        out.writeShort(WIDTH);
        out.writeShort(HEIGHT);
        out.write(new byte[16]);
        out.writeInt(4);
        text(out, "name");
    }

    static void text(DataOutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    int port() {
        return listening.getLocalPort();
    }

    /** What the client has said after the hello. */
    byte[] received() {
        synchronized (received) {
            return received.toByteArray();
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
