package org.bascule.agent.desktop.rfb;

import java.nio.ByteBuffer;

/**
 * A picture in memory that the next grab overwrites. The instance changes when the size does.
 *
 * @param pixels direct; 32 bits a pixel, in memory blue, green, red, unused
 * @param width in pixels, 1 to 65,535
 * @param height in pixels, 1 to 65,535
 * @param stride bytes from one row to the next
 */
public record Frame(ByteBuffer pixels, int width, int height, int stride) {

    /** Takes no memory. */
    static final Frame NONE = new Frame(ByteBuffer.allocateDirect(0), 0, 0, 0);

    int offset(int x, int y) {
        return y * stride + x * 4;
    }
}
