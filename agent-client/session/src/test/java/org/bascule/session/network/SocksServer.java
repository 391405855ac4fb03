package org.bascule.session.network;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A SOCKS5 server (RFC 1928, RFC 1929) that reaches one host of this machine whatever name it is asked for. */
public final class SocksServer implements AutoCloseable {

    private final ServerSocket listening;
    private final String user;
    private final String password;
    private final int reply;

    /** What was asked for. */
    public final BlockingQueue<String> asked = new LinkedBlockingQueue<>();

    /**
     * @param user empty for none
     * @param reply other than 0 to refuse
     */
    public SocksServer(String user, String password, int reply) throws IOException {
        this.listening = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        this.user = user;
        this.password = password;
        this.reply = reply;
        thread(() -> {
            try {
                while (true) {
                    Socket client = listening.accept();
                    thread(() -> serve(client));
                }
            } catch (IOException e) {
                // closed
            }
        });
    }

    public int port() {
        return listening.getLocalPort();
    }

    private static void thread(Runnable task) {
        Thread thread = new Thread(task, "socks-server");
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Socket client) {
        try (client) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            OutputStream out = client.getOutputStream();
            in.readUnsignedByte();
            byte[] methods = in.readNBytes(in.readUnsignedByte());
            int method = user.isEmpty() ? 0 : 2;
            boolean fits = Arrays.toString(methods).contains(String.valueOf(method));
            out.write(new byte[] {5, (byte) (fits ? method : 0xff)});
            if (!fits || method == 2 && !signedIn(in, out)) {
                return;
            }
            in.readNBytes(3);
            int type = in.readUnsignedByte();
            byte[] address = in.readNBytes(type == 1 ? 4 : type == 4 ? 16 : in.readUnsignedByte());
            int port = in.readUnsignedShort();
            asked.add((type == 3 ? new String(address, StandardCharsets.US_ASCII) : "address " + address.length) + ":"
                    + port);
            out.write(new byte[] {5, (byte) reply, 0, 3, 2, 'x', 'y', 0, 1});
            if (reply == 0) {
                try (Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    thread(() -> copy(server, client));
                    copy(client, server);
                }
            }
        } catch (IOException e) {
            // the client is gone
        }
    }

    private boolean signedIn(DataInputStream in, OutputStream out) throws IOException {
        in.readUnsignedByte();
        String name = new String(in.readNBytes(in.readUnsignedByte()), StandardCharsets.UTF_8);
        String secret = new String(in.readNBytes(in.readUnsignedByte()), StandardCharsets.UTF_8);
        boolean right = name.equals(user) && secret.equals(password);
        out.write(new byte[] {1, (byte) (right ? 0 : 1)});
        return right;
    }

    private static void copy(Socket from, Socket to) {
        try {
            InputStream in = from.getInputStream();
            in.transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // one side is gone
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
