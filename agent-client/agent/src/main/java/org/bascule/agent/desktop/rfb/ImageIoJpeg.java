package org.bascule.agent.desktop.rfb;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** JPEG by the Java runtime: two to three times the work. It always takes colours at half the resolution. */
final class ImageIoJpeg implements Jpeg {

    private final ImageWriter writer;

    ImageIoJpeg() {
        ImageIO.setUseCache(false);
        writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    }

    @Override
    public void encode(Packet out, Frame frame, Rect rect, int quality, boolean fullColour) throws IOException {
        BufferedImage image = new BufferedImage(rect.width(), rect.height(), BufferedImage.TYPE_3BYTE_BGR);
        byte[] bytes = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
        ByteBuffer pixels = frame.pixels();
        int at = 0;
        for (int y = 0; y < rect.height(); y++) {
            int offset = frame.offset(rect.x(), rect.y() + y);
            for (int x = 0; x < rect.width(); x++, offset += 4) {
                int pixel = pixels.getInt(offset);
                bytes[at++] = (byte) pixel;
                bytes[at++] = (byte) (pixel >> 8);
                bytes[at++] = (byte) (pixel >> 16);
            }
        }
        ByteArrayOutputStream result = new ByteArrayOutputStream(1 << 15);
        ImageWriteParam parameters = writer.getDefaultWriteParam();
        parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        parameters.setCompressionQuality(quality / 100f);
        try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(result)) {
            writer.setOutput(stream);
            writer.write(null, new IIOImage(image, null, null), parameters);
        }
        TightEncoder.compactLength(out, result.size());
        out.put(result.toByteArray());
    }
}
