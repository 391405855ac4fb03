package org.bascule.agent.desktop.rfb;

import java.util.Arrays;

/** A message that grows. Big-endian, as RFB is. */
final class Packet {

    private byte[] bytes;
    private int length;

    Packet(int capacity) {
        bytes = new byte[capacity];
    }

    void clear() {
        length = 0;
    }

    int length() {
        return length;
    }

    byte[] array() {
        return bytes;
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }

    Packet u8(int value) {
        room(1);
        bytes[length++] = (byte) value;
        return this;
    }

    Packet u16(int value) {
        return u8(value >> 8).u8(value);
    }

    Packet i32(int value) {
        return u16(value >>> 16).u16(value);
    }

    Packet zeros(int count) {
        room(count);
        Arrays.fill(bytes, length, length + count, (byte) 0);
        length += count;
        return this;
    }

    Packet put(byte[] source, int offset, int count) {
        room(count);
        System.arraycopy(source, offset, bytes, length, count);
        length += count;
        return this;
    }

    Packet put(byte[] source) {
        return put(source, 0, source.length);
    }

    /** Header of a rectangle. */
    Packet rect(int x, int y, int width, int height, int encoding) {
        return u16(x).u16(y).u16(width).u16(height).i32(encoding);
    }

    void setU16(int at, int value) {
        bytes[at] = (byte) (value >> 8);
        bytes[at + 1] = (byte) value;
    }
}
