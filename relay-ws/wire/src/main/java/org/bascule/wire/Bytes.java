package org.bascule.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes and reads the binary layouts of {@code docs/protocol}: big-endian integers, {@code lp(x)} = u16 length and {@code x}. */
public final class Bytes {

    private Bytes() {}

    public static Writer writer() {
        return new Writer();
    }

    public static Reader reader(byte[] bytes) {
        return new Reader(ByteBuffer.wrap(bytes));
    }

    /** Appends; {@link #toByteArray()} gives the result. */
    public static final class Writer {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);

        private Writer() {}

        public Writer u8(int value) {
            out.write(value);
            return this;
        }

        public Writer u16(int value) {
            if (value < 0 || value > 0xffff) {
                throw new IllegalArgumentException("u16 " + value);
            }
            return u8(value >> 8).u8(value);
        }

        public Writer u32(long value) {
            if (value < 0 || value > 0xffff_ffffL) {
                throw new IllegalArgumentException("u32 " + value);
            }
            return bytes(ByteBuffer.allocate(4).putInt((int) value).array());
        }

        public Writer u64(long value) {
            return bytes(ByteBuffer.allocate(8).putLong(value).array());
        }

        public Writer bytes(byte[] value) {
            out.writeBytes(value);
            return this;
        }

        public Writer ascii(String value) {
            return bytes(value.getBytes(StandardCharsets.US_ASCII));
        }

        /** A u16 length and the bytes. */
        public Writer lp(byte[] value) {
            return u16(value.length).bytes(value);
        }

        public Writer lp(String value) {
            return lp(value.getBytes(StandardCharsets.UTF_8));
        }

        public byte[] toByteArray() {
            return out.toByteArray();
        }
    }

    /** Reads what a {@link Writer} wrote; too short an input is {@link WireException.Reason#MALFORMED}. */
    public static final class Reader {
        private final ByteBuffer in;

        private Reader(ByteBuffer in) {
            this.in = in;
        }

        public int u8() throws WireException {
            return need(1).get() & 0xff;
        }

        public int u16() throws WireException {
            return need(2).getShort() & 0xffff;
        }

        public long u32() throws WireException {
            return need(4).getInt() & 0xffff_ffffL;
        }

        public long u64() throws WireException {
            return need(8).getLong();
        }

        public byte[] bytes(int length) throws WireException {
            byte[] value = new byte[length];
            need(length).get(value);
            return value;
        }

        public byte[] lp() throws WireException {
            return bytes(u16());
        }

        public int remaining() {
            return in.remaining();
        }

        /** The structure ends here: anything more is a violation. */
        public void end() throws WireException {
            if (in.hasRemaining()) {
                throw WireException.malformed(in.remaining() + " extra bytes");
            }
        }

        private ByteBuffer need(int length) throws WireException {
            if (in.remaining() < length) {
                throw WireException.malformed("%d bytes instead of %d".formatted(in.remaining(), length));
            }
            return in;
        }
    }
}
