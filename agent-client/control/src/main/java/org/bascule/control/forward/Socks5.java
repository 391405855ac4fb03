package org.bascule.control.forward;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.TcpRequest;

/** The server's side of SOCKS 5 (RFC 1928) as far as it is needed: no authentication, {@code CONNECT}. Reads not a byte more than belongs to it. */
final class Socks5 {

    private static final int VERSION = 5;
    private static final int NO_AUTHENTICATION = 0;
    private static final int NO_METHOD = 0xff;
    private static final int CONNECT = 1;
    private static final int IPV4 = 1;
    private static final int NAME = 3;
    private static final int IPV6 = 4;

    private static final int SUCCEEDED = 0;
    private static final int GENERAL_FAILURE = 1;
    private static final int NOT_ALLOWED = 2;
    private static final int HOST_UNREACHABLE = 4;
    private static final int REFUSED = 5;
    private static final int NO_SUCH_COMMAND = 7;
    private static final int NO_SUCH_ADDRESS_TYPE = 8;

    private Socks5() {}

    /**
     * The question of a client.
     *
     * @throws IOException if it is none, or not for this; the client was told as far as it can be
     */
    static TcpRequest read(InputStream from, OutputStream to) throws IOException {
        DataInputStream in = new DataInputStream(from);
        greet(in, to);
        if (in.readUnsignedByte() != VERSION) {
            throw new IOException("no SOCKS 5 request");
        }
        int command = in.readUnsignedByte();
        in.readUnsignedByte();
        String host = host(in, to);
        int port = in.readUnsignedShort();
        if (command != CONNECT) {
            reply(to, NO_SUCH_COMMAND);
            throw new IOException("command " + command + " of SOCKS");
        }
        try {
            return new TcpRequest(host, port);
        } catch (IllegalArgumentException e) {
            reply(to, GENERAL_FAILURE);
            throw new IOException("a host or port that is none", e);
        }
    }

    private static void greet(DataInputStream in, OutputStream to) throws IOException {
        if (in.readUnsignedByte() != VERSION) {
            throw new IOException("another protocol than SOCKS 5");
        }
        byte[] methods = bytes(in, in.readUnsignedByte());
        boolean offered = false;
        for (byte method : methods) {
            offered |= method == NO_AUTHENTICATION;
        }
        to.write(new byte[] {VERSION, (byte) (offered ? NO_AUTHENTICATION : NO_METHOD)});
        if (!offered) {
            throw new IOException("no method that is known");
        }
    }

    private static String host(DataInputStream in, OutputStream to) throws IOException {
        int type = in.readUnsignedByte();
        return switch (type) {
            case IPV4 -> InetAddress.getByAddress(bytes(in, 4)).getHostAddress();
            case IPV6 -> InetAddress.getByAddress(bytes(in, 16)).getHostAddress();
            case NAME -> name(bytes(in, in.readUnsignedByte()));
            default -> {
                reply(to, NO_SUCH_ADDRESS_TYPE);
                throw new IOException("address type " + type + " of SOCKS");
            }
        };
    }

    /** A name may end with the dot of the root. */
    private static String name(byte[] bytes) {
        String name = new String(bytes, StandardCharsets.ISO_8859_1);
        return name.length() > 1 && name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    private static byte[] bytes(DataInputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }

    static byte[] succeeded() {
        return answer(SUCCEEDED);
    }

    static byte[] failed(DeviceProblem.Code code) {
        return answer(
                switch (code) {
                    case NOT_PERMITTED -> NOT_ALLOWED;
                    case NAME_UNKNOWN, UNREACHABLE, TIMED_OUT -> HOST_UNREACHABLE;
                    case REFUSED -> REFUSED;
                    default -> GENERAL_FAILURE;
                });
    }

    private static void reply(OutputStream to, int code) throws IOException {
        to.write(answer(code));
    }

    /** The address that the connection comes from is nobody's business. */
    private static byte[] answer(int code) {
        return new byte[] {VERSION, (byte) code, 0, IPV4, 0, 0, 0, 0, 0, 0};
    }
}
