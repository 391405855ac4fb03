package org.bascule.agent.desktop.rfb;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both ways to make JPEG, and how many updates are under way. */
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

    @Test
    void soManyUpdatesAreUnderWayAsTheWayNeeds() {
        Flow flow = new Flow();
        long now = 1_000_000_000L;
        int first = flow.sent(now);
        assertThat(flow.hasRoom()).isTrue();
        int second = flow.sent(now);
        assertThat(flow.hasRoom()).as("until the way is known").isFalse();
        flow.acknowledged(99, now);
        flow.acknowledged(-1, now);
        assertThat(flow.hasRoom()).as("what was never sent is no answer").isFalse();
        long way = 100_000_000L;
        flow.acknowledged(first, now + way);
        flow.acknowledged(second, now + way);
        assertThat(flow.isIdle()).isTrue();
        int count = 0;
        while (flow.hasRoom()) {
            flow.sent(now + way);
            count++;
        }
        assertThat(count).isEqualTo(6);
        assertThat(flow.level(6)).isEqualTo(6);
        flow.acknowledged(second + 1, now + 10 * way);
        assertThat(flow.level(6)).as("answers take long").isEqualTo(5);
        assertThat(flow.level(0)).isZero();
    }
}
