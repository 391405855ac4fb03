package org.bascule.agent.vnc;

import java.io.IOException;

/** Hands on the rectangles of updates: finds out where each one ends, and that it lies on the screen. Pixels have 32 bits, 24 of them used. */
final class Rectangles {

    private static final int MAX_CURSOR = 1_024;
    private static final int BYTES_PER_PIXEL = 4;
    /** Pixels in Tight (TPIXEL). */
    private static final int TIGHT_PIXEL = 3;
    /** Below so many bytes, Tight does not compress. */
    private static final int TIGHT_PLAIN = 12;

    private static final int TIGHT_FILL = 8;
    private static final int TIGHT_JPEG = 9;
    private static final int TIGHT_FILTERED = 4;
    private static final int FILTER_COPY = 0;
    private static final int FILTER_PALETTE = 1;
    private static final int FILTER_GRADIENT = 2;
    private static final int TIGHT_WIDTH = 2_048;

    private final Passage passage;
    private final Asked asked;
    private int screenWidth;
    private int screenHeight;

    Rectangles(Passage passage, int width, int height, Asked asked) {
        this.passage = passage;
        this.screenWidth = width;
        this.screenHeight = height;
        this.asked = asked;
    }

    /** Hands on the next one; true if it says that there are no more. */
    boolean pass() throws IOException {
        int x = passage.u16();
        int y = passage.u16();
        int width = passage.u16();
        int height = passage.u16();
        int encoding = passage.i32();
        if (!asked.has(encoding)) {
            throw new BadRfbException("sent the encoding " + encoding + ", which nobody asked for");
        }
        check(encoding, x, y, width, height);
        passage.put16(x);
        passage.put16(y);
        passage.put16(width);
        passage.put16(height);
        passage.put32(encoding);
        body(encoding, width, height);
        return encoding == Rfb.LAST_RECT;
    }

    private void check(int encoding, int x, int y, int width, int height) throws BadRfbException {
        switch (encoding) {
            case Rfb.LAST_RECT, Rfb.QEMU_KEY -> {
                // a message without a place
            }
            case Rfb.CURSOR -> {
                if (width > MAX_CURSOR || height > MAX_CURSOR) {
                    throw new BadRfbException("sent a pointer of " + width + " x " + height);
                }
            }
            case Rfb.DESKTOP_SIZE, Rfb.EXTENDED_DESKTOP_SIZE -> {
                ServerHello.requireSize(width, height);
                screenWidth = width;
                screenHeight = height;
            }
            case Rfb.RAW, Rfb.COPY_RECT, Rfb.ZLIB, Rfb.TIGHT, Rfb.ZRLE -> {
                if (x + width > screenWidth || y + height > screenHeight) {
                    throw new BadRfbException("sent a part of the screen that is beside it");
                }
            }
            default -> throw new BadRfbException("sent the encoding " + encoding + " as a rectangle");
        }
    }

    private void body(int encoding, int width, int height) throws IOException {
        switch (encoding) {
            case Rfb.RAW -> passage.pass((long) width * height * BYTES_PER_PIXEL);
            case Rfb.COPY_RECT -> passage.pass(4);
            case Rfb.ZLIB, Rfb.ZRLE -> compressed(width, height);
            case Rfb.TIGHT -> tight(width, height);
            case Rfb.CURSOR -> passage.pass((long) width * height * BYTES_PER_PIXEL + (width + 7L) / 8 * height);
            case Rfb.EXTENDED_DESKTOP_SIZE -> {
                int screens = passage.u8();
                passage.put8(screens);
                passage.pass(3 + 16L * screens);
            }
            default -> {
                // nothing more
            }
        }
    }

    private void compressed(int width, int height) throws IOException {
        long length = Integer.toUnsignedLong(passage.i32());
        // no compressor makes it a quarter longer
        if (length > (long) width * height * (BYTES_PER_PIXEL + 1) + (64 << 10)) {
            throw new BadRfbException("sent " + length + " bytes for " + width + " x " + height + " pixels");
        }
        passage.put32((int) length);
        passage.pass(length);
    }

    private void tight(int width, int height) throws IOException {
        if (width > TIGHT_WIDTH) {
            throw new BadRfbException("sent a rectangle of Tight that is " + width + " wide");
        }
        int control = passage.u8();
        passage.put8(control);
        int kind = control >> 4;
        if (kind == TIGHT_FILL) {
            passage.pass(TIGHT_PIXEL);
        } else if (kind == TIGHT_JPEG) {
            passage.pass(compactLength());
        } else if (kind < TIGHT_FILL) {
            basic((kind & TIGHT_FILTERED) != 0, width, height);
        } else {
            throw new BadRfbException("sent a rectangle of Tight of the unknown kind " + kind);
        }
    }

    private void basic(boolean filtered, int width, int height) throws IOException {
        long size = (long) width * height * TIGHT_PIXEL;
        if (filtered) {
            int filter = passage.u8();
            passage.put8(filter);
            if (filter == FILTER_PALETTE) {
                int colours = passage.u8();
                passage.put8(colours);
                passage.pass((colours + 1L) * TIGHT_PIXEL);
                size = colours + 1 <= 2 ? (width + 7L) / 8 * height : (long) width * height;
            } else if (filter != FILTER_COPY && filter != FILTER_GRADIENT) {
                throw new BadRfbException("sent the unknown filter " + filter);
            }
        }
        passage.pass(size < TIGHT_PLAIN ? size : compactLength());
    }

    /** One to three bytes, seven bits in each of the first two, eight in the third. */
    private int compactLength() throws IOException {
        int length = 0;
        for (int index = 0; index < 3; index++) {
            int next = passage.u8();
            passage.put8(next);
            length |= (index == 2 ? next : next & 0x7f) << 7 * index;
            if (index == 2 || (next & 0x80) == 0) {
                break;
            }
        }
        return length;
    }
}
