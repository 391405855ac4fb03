package org.bascule.session.service;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.bascule.session.stream.SessionStream;
import org.bascule.wire.WireException;

/** What {@code process} sends to the client: frames {@code channel u8 (1 output, 2 error) ‖ u32 length ‖ bytes}. */
public final class ProcessFrames {

    /** Standard output. */
    public static final int OUTPUT = 1;
    /** Standard error. */
    public static final int ERROR = 2;

    private static final int HEADER = 5;

    private ProcessFrames() {}

    /** Writes one frame in one go. Frames of two channels must not be mixed: the caller holds a lock of its own around this. */
    public static void write(SessionStream stream, int channel, byte[] source, int offset, int length)
            throws IOException {
        byte[] frame = new byte[HEADER + length];
        ByteBuffer.wrap(frame).put((byte) channel).putInt(length).put(source, offset, length);
        stream.write(frame, 0, frame.length);
    }

    /** Takes the bytes of a stream apart as they come. Not thread-safe. */
    public static final class Reader {

        /** Takes a part of what a channel carries. The buffer is used again after the call. */
        @FunctionalInterface
        public interface Sink {
            void bytes(int channel, byte[] buffer, int offset, int length);
        }

        private final ByteBuffer header = ByteBuffer.allocate(HEADER);
        private int channel;
        private long remaining;

        /** Passes on what the bytes hold, without waiting for the end of a frame. */
        public void read(byte[] buffer, int offset, int length, Sink sink) throws WireException {
            int at = offset;
            int end = offset + length;
            while (at < end) {
                if (remaining == 0) {
                    header.put(buffer[at++]);
                    if (!header.hasRemaining()) {
                        begin();
                    }
                } else {
                    int part = (int) Math.min(remaining, end - at);
                    sink.bytes(channel, buffer, at, part);
                    remaining -= part;
                    at += part;
                }
            }
        }

        private void begin() throws WireException {
            channel = header.flip().get();
            remaining = Integer.toUnsignedLong(header.getInt());
            header.clear();
            if (channel != OUTPUT && channel != ERROR) {
                throw WireException.malformed("unknown channel " + channel);
            }
        }

        /** True if the bytes so far end with a whole frame. */
        public boolean isComplete() {
            return remaining == 0 && header.position() == 0;
        }
    }
}
