package org.bascule.agent.desktop.rfb;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both ways to make JPEG. */
class JpegTest {

    private static Frame frame() {
        Frame frame = new Frame(ByteBuffer.allocateDirect(200 * 4 * 100).order(ByteOrder.LITTLE_ENDIAN), 200, 100, 800);
        for (int y = 0; y < 100; y++) {
            for (int x = 0; x < 200; x++) {
                frame.pixels().putInt(frame.offset(x, y), x << 16 | 2 * y << 8 | 100);
            }
        }
        return frame;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPartIsEncoded(boolean turbo) throws Exception {
        Jpeg jpeg = turbo ? new TurboJpeg() : new ImageIoJpeg();
        Packet out = new Packet(16);
        jpeg.encode(out, frame(), new Rect(64, 32, 100, 50), 90, false);
        byte[] bytes = Arrays.copyOf(out.array(), out.length());
        int head = bytes[0] >= 0 ? 1 : bytes[1] >= 0 ? 2 : 3;
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes, head, bytes.length - head));
        assertThat(image.getWidth()).isEqualTo(100);
        assertThat(image.getHeight()).isEqualTo(50);
        int middle = image.getRGB(50, 25);
        assertThat(middle >> 16 & 255).isBetween(108, 120);
        assertThat(middle >> 8 & 255).isBetween(108, 120);
        assertThat(middle & 255).isBetween(94, 106);
    }
}
