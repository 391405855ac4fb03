package org.bascule.agent.desktop.rfb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.Deflater;

/** Rectangles of the encoding Tight: one colour, two colours, up to 256 colours, all colours without loss, or JPEG. Its compression goes on from one to the next, so each must be sent. */
final class TightEncoder {

    /** Of the encoding. */
    static final int MAX_WIDTH = 2_048;

    private static final int FILL = 0x80;
    private static final int JPEG = 0x90;
    private static final int EXPLICIT_FILTER = 0x40;
    private static final int PALETTE_FILTER = 1;
    private static final int MIN_COMPRESSED = 12;
    private static final int SLOTS = 1_024;
    /** More colours than this in a tile make it a photograph. */
    private static final int FEW = 96;
    /** The same of one that changes all the time: then JPEG is less work than compressing the palette's indices, and what rests is refined. Antialiased text in two colours has fewer. */
    private static final int FEW_MOVING = 24;
    /** Of the ten levels of the protocol. */
    private static final int[] JPEG_QUALITY = {15, 29, 41, 42, 62, 77, 79, 86, 92, 100};

    private final Jpeg jpeg;
    private final Deflater[] streams = new Deflater[3];
    private final int[] slotColour = new int[SLOTS];
    private final int[] slotIndex = new int[SLOTS];
    private final int[] palette = new int[256];
    private byte[] work = new byte[1 << 16];
    private final byte[] packed = new byte[1 << 15];
    private final Packet compressed = new Packet(1 << 15);

    TightEncoder(Jpeg jpeg) {
        this.jpeg = jpeg;
        for (int i = 0; i < streams.length; i++) {
            streams[i] = new Deflater(i == 0 ? 2 : 1);
        }
    }

    void end() {
        for (Deflater stream : streams) {
            stream.end();
        }
    }

    /**
     * Whether it has many colours, by every other line.
     *
     * @param moving whether it changes all the time
     */
    boolean isPhoto(Frame frame, Rect rect, boolean moving) {
        int few = moving ? FEW_MOVING : FEW;
        ByteBuffer pixels = frame.pixels();
        Arrays.fill(slotColour, -1);
        int colours = 0;
        int last = -2;
        for (int y = rect.y(); y < rect.y() + rect.height(); y += 2) {
            int offset = frame.offset(rect.x(), y);
            for (int x = 0; x < rect.width(); x++, offset += 4) {
                int colour = pixels.getInt(offset) & 0xffffff;
                if (colour != last) {
                    last = colour;
                    int slot = slot(colour);
                    if (slotColour[slot] == -1) {
                        slotColour[slot] = colour;
                        if (++colours > few) {
                            return true;
                        }
                    }
                }
            }
        }
        return false;
    }

    private int slot(int colour) {
        int slot = (colour * 0x9e3779b1) >>> 22;
        while (slotColour[slot] != -1 && slotColour[slot] != colour) {
            slot = slot + 1 & SLOTS - 1;
        }
        return slot;
    }

    /** @param level of the protocol, 0 to 9 */
    void photo(Packet out, Frame frame, Rect rect, int level) throws IOException {
        out.u8(JPEG);
        jpeg.encode(out, frame, rect, JPEG_QUALITY[level], level >= 8);
    }

    /** Without loss. */
    void exact(Packet out, Frame frame, Rect rect) {
        int colours = index(frame, rect);
        if (colours < 0) {
            fullColour(out, frame, rect);
        } else if (colours == 1) {
            out.u8(FILL);
            rgb(out, palette[0]);
        } else {
            indexed(out, rect, colours);
        }
    }

    /** Fills the palette and an index for each pixel; -1 if there are more than 256 colours. */
    private int index(Frame frame, Rect rect) {
        ByteBuffer pixels = frame.pixels();
        reserve(rect.width() * rect.height() * 3);
        Arrays.fill(slotColour, -1);
        int colours = 0;
        int last = -2;
        int index = 0;
        int at = 0;
        for (int y = rect.y(); y < rect.y() + rect.height(); y++) {
            int offset = frame.offset(rect.x(), y);
            for (int x = 0; x < rect.width(); x++, offset += 4) {
                int colour = pixels.getInt(offset) & 0xffffff;
                if (colour != last) {
                    last = colour;
                    int slot = slot(colour);
                    if (slotColour[slot] == -1) {
                        if (colours == palette.length) {
                            return -1;
                        }
                        slotColour[slot] = colour;
                        slotIndex[slot] = colours;
                        palette[colours++] = colour;
                    }
                    index = slotIndex[slot];
                }
                work[at++] = (byte) index;
            }
        }
        return colours;
    }

    private void indexed(Packet out, Rect rect, int colours) {
        int stream = colours == 2 ? 1 : 2;
        int length = colours == 2 ? bits(rect) : rect.width() * rect.height();
        out.u8(stream << 4 | EXPLICIT_FILTER).u8(PALETTE_FILTER).u8(colours - 1);
        for (int i = 0; i < colours; i++) {
            rgb(out, palette[i]);
        }
        compress(out, stream, length);
    }

    /** One bit a pixel, each row from a byte of its own. In place: the target is never ahead of the source. */
    private int bits(Rect rect) {
        int row = (rect.width() + 7) / 8;
        for (int y = 0; y < rect.height(); y++) {
            int source = y * rect.width();
            for (int column = 0; column < row; column++) {
                int bits = 0;
                for (int bit = 0; bit < 8 && column * 8 + bit < rect.width(); bit++) {
                    bits |= work[source + column * 8 + bit] << 7 - bit;
                }
                work[y * row + column] = (byte) bits;
            }
        }
        return row * rect.height();
    }

    private void fullColour(Packet out, Frame frame, Rect rect) {
        ByteBuffer pixels = frame.pixels();
        reserve(rect.width() * rect.height() * 3);
        int at = 0;
        for (int y = rect.y(); y < rect.y() + rect.height(); y++) {
            int offset = frame.offset(rect.x(), y);
            for (int x = 0; x < rect.width(); x++, offset += 4) {
                int pixel = pixels.getInt(offset);
                work[at++] = (byte) (pixel >> 16);
                work[at++] = (byte) (pixel >> 8);
                work[at++] = (byte) pixel;
            }
        }
        out.u8(0);
        compress(out, 0, at);
    }

    private void reserve(int length) {
        if (work.length < length) {
            work = new byte[length];
        }
    }

    private void compress(Packet out, int stream, int length) {
        if (length < MIN_COMPRESSED) {
            out.put(work, 0, length);
            return;
        }
        Deflater deflater = streams[stream];
        deflater.setInput(work, 0, length);
        compressed.clear();
        int made;
        do {
            made = deflater.deflate(packed, 0, packed.length, Deflater.SYNC_FLUSH);
            compressed.put(packed, 0, made);
        } while (made == packed.length);
        compactLength(out, compressed.length());
        out.put(compressed.array(), 0, compressed.length());
    }

    private static void rgb(Packet out, int colour) {
        out.u8(colour >> 16).u8(colour >> 8).u8(colour);
    }

    /** Seven bits a byte, the last one eight; at most 22 bits. */
    static void compactLength(Packet out, int length) {
        if (length < 1 << 7) {
            out.u8(length);
        } else if (length < 1 << 14) {
            out.u8(length & 127 | 128).u8(length >> 7);
        } else {
            out.u8(length & 127 | 128).u8(length >> 7 & 127 | 128).u8(length >> 14);
        }
    }
}
