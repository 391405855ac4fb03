package org.bascule.session.network;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Through a SOCKS5 proxy (RFC 1928), with user and password (RFC 1929) if there are any. Names are resolved by the proxy. Thread-safe. */
final class Socks5 implements Way {

    private static final int VERSION = 5;
    private static final int NO_AUTHENTICATION = 0;
    private static final int USER_AND_PASSWORD = 2;
    private static final int NONE_FITS = 0xff;
    private static final int CONNECT = 1;
    private static final int IPV4 = 1;
    private static final int NAME = 3;
    private static final int IPV6 = 4;
    private static final int MAX_NAME = 255;

    private final Proxy proxy;

    Socks5(Proxy proxy) {
        this.proxy = proxy;
    }

    @Override
    public Optional<Proxy> proxy() {
        return Optional.of(proxy);
    }

    @Override
    public Socket connect(String host, int port, Attempt attempt) throws IOException {
        Socket socket = reach(attempt);
        boolean connected = false;
        try {
            // unbuffered: what follows belongs to TLS
            DataInputStream in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            greet(in, out);
            request(in, out, host, port);
            connected = true;
            return socket;
        } finally {
            if (!connected) {
                Connection.closeQuietly(socket);
            }
        }
    }

    private Socket reach(Attempt attempt) throws IOException {
        try {
            return Direct.WAY.connect(proxy.host(), proxy.port(), attempt);
        } catch (IOException e) {
            attempt.check();
            ProxyException failure = refused("cannot be reached (" + Failure.words(e) + ")", true);
            failure.initCause(e);
            throw failure;
        }
    }

    private void greet(DataInputStream in, OutputStream out) throws IOException {
        boolean withUser = !proxy.user().isEmpty();
        out.write(
                withUser
                        ? new byte[] {VERSION, 2, NO_AUTHENTICATION, USER_AND_PASSWORD}
                        : new byte[] {VERSION, 1, NO_AUTHENTICATION});
        if (in.readUnsignedByte() != VERSION) {
            throw refused("does not speak SOCKS5", true);
        }
        switch (in.readUnsignedByte()) {
            case NO_AUTHENTICATION -> {
                // nothing is asked
            }
            case USER_AND_PASSWORD -> {
                if (!withUser) {
                    throw refused("asks for what was not offered", true);
                }
                signIn(in, out);
            }
            case NONE_FITS ->
                throw refused(
                        withUser ? "accepts neither user and password nor anybody" : "asks for a user and a password",
                        true);
            default -> throw refused("asks for a way to sign in that was not offered", true);
        }
    }

    private void signIn(DataInputStream in, OutputStream out) throws IOException {
        byte[] user = proxy.user().getBytes(StandardCharsets.UTF_8);
        byte[] password = proxy.password().getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.write(1);
        message.write(user.length);
        message.writeBytes(user);
        message.write(password.length);
        message.writeBytes(password);
        out.write(message.toByteArray());
        in.readUnsignedByte();
        if (in.readUnsignedByte() != 0) {
            throw refused("refuses this user and password", true);
        }
    }

    private void request(DataInputStream in, OutputStream out, String host, int port) throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(new byte[] {VERSION, CONNECT, 0});
        address(message, host);
        message.write(port >> 8);
        message.write(port);
        out.write(message.toByteArray());
        if (in.readUnsignedByte() != VERSION) {
            throw refused("does not speak SOCKS5", true);
        }
        int reply = in.readUnsignedByte();
        if (reply != 0) {
            throw refused(reason(reply), false);
        }
        in.readUnsignedByte();
        int bound =
                switch (in.readUnsignedByte()) {
                    case IPV4 -> 4;
                    case IPV6 -> 16;
                    case NAME -> in.readUnsignedByte();
                    default -> throw refused("does not speak SOCKS5", true);
                };
        in.readFully(new byte[bound + 2]);
    }

    /** A name as it is; an address in its own form, which a proxy need not resolve. */
    private static void address(ByteArrayOutputStream message, String host) throws IOException {
        if (host.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}") || host.contains(":")) {
            byte[] address = java.net.InetAddress.getByName(host).getAddress();
            message.write(address.length == 4 ? IPV4 : IPV6);
            message.writeBytes(address);
            return;
        }
        byte[] name = host.getBytes(StandardCharsets.US_ASCII);
        if (name.length > MAX_NAME) {
            throw new IOException("a name that is too long");
        }
        message.write(NAME);
        message.write(name.length);
        message.writeBytes(name);
    }

    private static String reason(int reply) {
        return switch (reply) {
            case 2 -> "does not allow this connection";
            case 3 -> "cannot reach the server's network";
            case 4 -> "cannot reach the server";
            case 5 -> "was refused by the server";
            case 6 -> "did not reach the server in time";
            case 7 -> "cannot connect";
            case 8 -> "does not know this kind of address";
            default -> "failed (" + reply + ")";
        };
    }

    private ProxyException refused(String why, boolean isFinal) {
        return new ProxyException("the proxy " + proxy.shown() + " " + why, isFinal);
    }
}
