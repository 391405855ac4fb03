package org.bascule.websocket.frame;

import java.nio.charset.StandardCharsets;

/** Headers and frames of a server, which masks nothing (RFC 6455, section 5.2). */
public final class FrameEncoder {

    /** Bytes of the longest header of a server: 2, and the length in 8. */
    public static final int MAX_HEADER = 10;
    /** Says that a close frame had no code (section 7.4.1). */
    public static final int NO_CODE = 1_005;

    private static final int FIN_TEXT = 0x81;
    private static final int FIN_BINARY = 0x82;
    private static final int FIN_CLOSE = 0x88;
    private static final int FIN_PONG = 0x8a;
    private static final int MAX_REASON = 123;
    private static final int LENGTH_2 = 126;
    private static final int LENGTH_8 = 127;

    private FrameEncoder() {}

    /** Bytes of the header of a frame with so many bytes. */
    public static int headerLength(int length) {
        return length < LENGTH_2 ? 2 : length < 1 << 16 ? 4 : MAX_HEADER;
    }

    /** Writes the header of a binary message directly before its first byte. @return where the frame begins */
    public static int binaryHeader(byte[] bytes, int payload, int length) {
        return header(bytes, payload, FIN_BINARY, length);
    }

    private static int header(byte[] bytes, int payload, int first, int length) {
        int at = payload - headerLength(length);
        bytes[at] = (byte) first;
        if (length < LENGTH_2) {
            bytes[at + 1] = (byte) length;
        } else if (length < 1 << 16) {
            bytes[at + 1] = LENGTH_2;
            bytes[at + 2] = (byte) (length >>> 8);
            bytes[at + 3] = (byte) length;
        } else {
            bytes[at + 1] = LENGTH_8;
            for (int i = 0; i < 8; i++) {
                bytes[at + 2 + i] = (byte) ((long) length >>> 56 - 8 * i);
            }
        }
        return at;
    }

    private static byte[] frame(int first, byte[] payload) {
        int header = headerLength(payload.length);
        byte[] frame = new byte[header + payload.length];
        header(frame, header, first, payload.length);
        System.arraycopy(payload, 0, frame, header, payload.length);
        return frame;
    }

    /** A whole frame with a binary message. */
    public static byte[] binary(byte[] bytes, int offset, int length) {
        int header = headerLength(length);
        byte[] frame = new byte[header + length];
        header(frame, header, FIN_BINARY, length);
        System.arraycopy(bytes, offset, frame, header, length);
        return frame;
    }

    public static byte[] text(String message) {
        return frame(FIN_TEXT, message.getBytes(StandardCharsets.UTF_8));
    }

    /** @param payload of the ping */
    public static byte[] pong(byte[] payload) {
        return frame(FIN_PONG, payload);
    }

    /** @param reason ASCII; what is too long is cut */
    public static byte[] close(int code, String reason) {
        if (code == NO_CODE) {
            return frame(FIN_CLOSE, new byte[0]);
        }
        byte[] text = reason.getBytes(StandardCharsets.US_ASCII);
        int length = Math.min(text.length, MAX_REASON);
        byte[] payload = new byte[2 + length];
        payload[0] = (byte) (code >>> 8);
        payload[1] = (byte) code;
        System.arraycopy(text, 0, payload, 2, length);
        return frame(FIN_CLOSE, payload);
    }
}
