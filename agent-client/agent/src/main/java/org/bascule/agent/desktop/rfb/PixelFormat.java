package org.bascule.agent.desktop.rfb;

import java.io.DataInputStream;
import java.io.IOException;

/**
 * How the client wants pixels that are not in Tight.
 *
 * @param bits 8, 16 or 32 for each pixel
 */
record PixelFormat(
        int bits,
        boolean bigEndian,
        int redMax,
        int greenMax,
        int blueMax,
        int redShift,
        int greenShift,
        int blueShift) {

    static final PixelFormat OWN = new PixelFormat(32, false, 255, 255, 255, 16, 8, 0);

    static PixelFormat read(DataInputStream in) throws IOException {
        int bits = in.readUnsignedByte();
        in.readUnsignedByte(); // depth: the maxima say it
        boolean bigEndian = in.readUnsignedByte() != 0;
        boolean trueColour = in.readUnsignedByte() != 0;
        PixelFormat format = new PixelFormat(
                bits,
                bigEndian,
                in.readUnsignedShort(),
                in.readUnsignedShort(),
                in.readUnsignedShort(),
                in.readUnsignedByte(),
                in.readUnsignedByte(),
                in.readUnsignedByte());
        in.readFully(new byte[3]);
        if (!trueColour
                || (bits != 8 && bits != 16 && bits != 32)
                || format.redShift > 31
                || format.greenShift > 31
                || format.blueShift > 31) {
            throw new IOException("the client wants a pixel format that is not known");
        }
        return format;
    }

    /** Whether Tight's three-byte pixels are meant. */
    boolean isTrueColour24() {
        return bits == 32 && redMax == 255 && greenMax == 255 && blueMax == 255;
    }

    void write(Packet out) {
        out.u8(bits).u8(24).u8(bigEndian ? 1 : 0).u8(1);
        out.u16(redMax).u16(greenMax).u16(blueMax);
        out.u8(redShift).u8(greenShift).u8(blueShift).zeros(3);
    }

    /** @param rgb 0xrrggbb */
    void pixel(Packet out, int rgb) {
        int value = ((rgb >> 16 & 255) * redMax / 255) << redShift
                | ((rgb >> 8 & 255) * greenMax / 255) << greenShift
                | ((rgb & 255) * blueMax / 255) << blueShift;
        for (int byteIndex = 0; byteIndex < bits / 8; byteIndex++) {
            out.u8(value >>> 8 * (bigEndian ? bits / 8 - 1 - byteIndex : byteIndex));
        }
    }
}
