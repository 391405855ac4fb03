package org.bascule.agent.vnc;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bascule.agent.service.ServiceStream;

/** The stream to the client, which takes the agent for a server of RFB 3.8 without a password: the session has authenticated both ends. */
final class PageStream {

    private static final byte[] VERSION = "RFB 003.008\n".getBytes(StandardCharsets.US_ASCII);

    private final ServiceStream stream;

    PageStream(ServiceStream stream) {
        this.stream = stream;
    }

    InputStream in() {
        return new InputStream() {
            private byte[] buffer = {};
            private int at;
            private int limit;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 255;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                if (at == limit) {
                    if (buffer.length == 0) {
                        buffer = new byte[8 << 10];
                    }
                    at = 0;
                    limit = Math.max(0, stream.read(buffer));
                    if (limit == 0) {
                        return -1;
                    }
                }
                int count = Math.min(length, limit - at);
                System.arraycopy(buffer, at, target, offset, count);
                at += count;
                return count;
            }
        };
    }

    OutputStream out() {
        return new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                stream.write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                stream.write(bytes, offset, length);
            }
        };
    }

    void greet(DataInputStream in, ServerHello hello) throws IOException {
        try {
            converse(in, hello);
        } catch (EOFException e) {
            throw BadRfbException.ofClient("ended in the middle of a message");
        }
    }

    private void converse(DataInputStream in, ServerHello hello) throws IOException {
        send(VERSION);
        byte[] version = new byte[VERSION.length];
        in.readFully(version);
        if (!Arrays.equals(version, VERSION)) {
            throw BadRfbException.ofClient("does not speak RFB 3.8");
        }
        send(new byte[] {1, 1});
        if (in.readUnsignedByte() != 1) {
            throw BadRfbException.ofClient("wants to sign in in another way");
        }
        send(new byte[4]);
        in.readUnsignedByte(); // shared or not: towards the server it always is
        send(hello.bytes());
    }

    private void send(byte[] bytes) throws IOException {
        stream.write(bytes, 0, bytes.length);
    }
}
