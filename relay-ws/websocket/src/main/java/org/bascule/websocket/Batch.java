package org.bascule.websocket;

import java.util.Arrays;
import org.bascule.websocket.frame.FrameEncoder;
import org.jspecify.annotations.Nullable;

/** Small messages that have come one after the other and go as one write. One thread at a time. */
final class Batch {

    /** Bytes of a message that is worth copying so that it is not written alone. */
    private static final int SMALL = 4 * 1_024;

    private static final int MOST = 64 * 1_024;

    /** An array for whoever needs one next. */
    private static final ThreadLocal<byte @Nullable []> SPARE = new ThreadLocal<>();

    private byte @Nullable [] frames;
    private int length;

    static boolean isSmall(int message) {
        return message <= SMALL;
    }

    boolean isEmpty() {
        return length == 0;
    }

    /** Whether a small message of so many bytes fits. */
    boolean hasRoom(int message) {
        return length + FrameEncoder.headerLength(message) + message <= MOST;
    }

    /** Adds a binary message. */
    void add(byte[] bytes, int payload, int message) {
        byte[] room = frames;
        if (room == null) {
            byte[] spare = SPARE.get();
            SPARE.remove();
            room = spare == null ? new byte[MOST] : spare;
            frames = room;
        }
        int at = length + FrameEncoder.headerLength(message);
        System.arraycopy(bytes, payload, room, at, message);
        FrameEncoder.binaryHeader(room, at, message);
        length = at + message;
    }

    byte[] frames() {
        byte[] held = frames;
        if (held == null) {
            throw new IllegalStateException("it is empty");
        }
        return held;
    }

    int length() {
        return length;
    }

    /** What {@link #frames} holds, for whoever keeps it. */
    byte[] copy() {
        return Arrays.copyOf(frames(), length);
    }

    void clear() {
        if (frames != null) {
            SPARE.set(frames);
            frames = null;
        }
        length = 0;
    }
}
