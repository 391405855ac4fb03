package org.bascule.agent.desktop.rfb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TightEncoderTest {

    /** Every other line alone is looked at. */
    @ParameterizedTest
    @CsvSource({"24,false,false", "24,true,false", "25,true,true", "25,false,false", "96,false,false", "97,false,true"})
    void whatMovesIsAPhotoWithFewerColours(int colours, boolean moving, boolean photo) {
        Frame frame = new Frame(ByteBuffer.allocateDirect(64 * 64 * 4).order(ByteOrder.LITTLE_ENDIAN), 64, 64, 64 * 4);
        for (int y = 0; y < 64; y++) {
            for (int x = 0; x < 64; x++) {
                int colour = y % 2 == 0 ? (x + y / 2 * 64) % colours : 1_000 + y;
                frame.pixels().putInt(frame.offset(x, y), colour);
            }
        }
        TightEncoder encoder = new TightEncoder(new ImageIoJpeg());
        assertThat(encoder.isPhoto(frame, new Rect(0, 0, 64, 64), moving)).isEqualTo(photo);
        encoder.end();
    }
}
