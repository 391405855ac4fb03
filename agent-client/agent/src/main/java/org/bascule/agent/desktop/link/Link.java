package org.bascule.agent.desktop.link;

import jakarta.json.JsonObject;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** Between the agent and its helper: frames {@code kind u8 ‖ length u32 ‖ bytes}, where kind 0 is RFB and 1 a JSON message. Each end takes the other for hostile. */
public final class Link {

    public static final int MAX_DATA = 64 << 10;
    public static final int MAX_MESSAGE = 16 << 10;

    private static final int DATA = 0;
    private static final int MESSAGE = 1;

    private Link() {}

    /** The sending end. Thread-safe; blocks while the other end does not take it. */
    public static final class Writer {

        private final OutputStream out;

        public Writer(OutputStream out) {
            this.out = out;
        }

        public void data(byte[] bytes, int offset, int length) throws IOException {
            for (int done = 0; done < length; done += MAX_DATA) {
                frame(DATA, bytes, offset + done, Math.min(MAX_DATA, length - done));
            }
        }

        public void message(JsonObject message) throws IOException {
            byte[] json = message.toString().getBytes(StandardCharsets.UTF_8);
            if (json.length > MAX_MESSAGE) {
                throw new IOException("a message of " + json.length + " bytes");
            }
            frame(MESSAGE, json, 0, json.length);
        }

        private synchronized void frame(int kind, byte[] bytes, int offset, int length) throws IOException {
            out.write(ByteBuffer.allocate(5).put((byte) kind).putInt(length).array());
            out.write(bytes, offset, length);
            out.flush();
        }

        /** RFB as a stream. */
        public OutputStream stream() {
            return new OutputStream() {
                @Override
                public void write(int one) throws IOException {
                    data(new byte[] {(byte) one}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    data(bytes, offset, length);
                }
            };
        }
    }

    /**
     * What came.
     *
     * @param data length of what is in the buffer; 0 with a message
     */
    public record Arrived(int data, Optional<StrictJson> message) {}

    /** The receiving end. For one thread. */
    public static final class Reader {

        private final DataInputStream in;
        private final byte[] buffer = new byte[MAX_DATA];

        public Reader(InputStream in) {
            this.in = new DataInputStream(in);
        }

        public byte[] buffer() {
            return buffer;
        }

        /** Waits for the next; empty at the end. */
        public Optional<Arrived> next() throws IOException {
            int kind = in.read();
            if (kind < 0) {
                return Optional.empty();
            }
            int length = in.readInt();
            int most = kind == DATA ? MAX_DATA : MAX_MESSAGE;
            if (kind > MESSAGE || length < 0 || length > most) {
                throw new IOException("a frame of kind " + kind + " with " + length + " bytes");
            }
            in.readFully(buffer, 0, length);
            if (kind == DATA) {
                return Optional.of(new Arrived(length, Optional.empty()));
            }
            try {
                return Optional.of(new Arrived(
                        0,
                        Optional.of(
                                StrictJson.parse(new String(buffer, 0, length, StandardCharsets.UTF_8), MAX_MESSAGE))));
            } catch (WireException e) {
                throw new IOException("a message that is no JSON", e);
            }
        }
    }
}
