package org.bascule.agent.desktop;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/** A client of RFB that decodes what the server sends into a picture, strictly. */
public final class RfbClient {

    public static final int TIGHT = 7;
    public static final int COPY = 1;
    public static final int RAW = 0;
    public static final int CURSOR = -239;
    public static final int SIZE = -223;
    public static final int EXTENDED_SIZE = -308;
    public static final int FENCE = -312;
    public static final int CONTINUOUS = -313;
    public static final int QEMU_KEY = -258;
    public static final int QUALITY_6 = -26;
    public static final int CLIPBOARD = 0xc0a1e5ce;

    private final DataInputStream in;
    private final Consumer<byte[]> out;
    private final Inflater[] streams = {new Inflater(), new Inflater(), new Inflater(), new Inflater()};
    public final List<String> texts = new CopyOnWriteArrayList<>();
    public final List<byte[]> cutTexts = new CopyOnWriteArrayList<>();
    public volatile int width;
    public volatile int height;
    public volatile int[] pixels = {};
    public volatile long updates;
    public volatile long jpegs;
    public volatile long copies;
    public volatile long exact;
    public volatile int cursorWidth;
    public volatile boolean keysKnown;
    public volatile boolean ended;
    public volatile @Nullable IOException failure;
    public volatile boolean acknowledge = true;
    /** Whether JPEG is looked into. */
    public volatile boolean decode = true;

    public volatile Runnable onUpdate = () -> {};

    public RfbClient(InputStream in, Consumer<byte[]> out) {
        this.in = new DataInputStream(in);
        this.out = out;
    }

    public void hello() throws IOException {
        byte[] version = new byte[12];
        in.readFully(version);
        out.accept(version);
        in.readFully(new byte[in.readUnsignedByte()]);
        out.accept(new byte[] {1});
        if (in.readInt() != 0) {
            throw new IOException("not let in");
        }
        out.accept(new byte[] {1});
        resize(in.readUnsignedShort(), in.readUnsignedShort());
        in.readFully(new byte[16]);
        in.readFully(new byte[in.readInt()]);
    }

    private void resize(int newWidth, int newHeight) {
        width = newWidth;
        height = newHeight;
        pixels = new int[newWidth * newHeight];
    }

    public void encodings(int... encodings) {
        ByteBuffer message = ByteBuffer.allocate(4 + 4 * encodings.length)
                .put((byte) 2)
                .put((byte) 0)
                .putShort((short) encodings.length);
        for (int encoding : encodings) {
            message.putInt(encoding);
        }
        out.accept(message.array());
    }

    public void request(boolean incremental) {
        out.accept(ByteBuffer.allocate(10)
                .put((byte) 3)
                .put((byte) (incremental ? 1 : 0))
                .putInt(0)
                .putShort((short) width)
                .putShort((short) height)
                .array());
    }

    public void continuous() {
        out.accept(ByteBuffer.allocate(10)
                .put((byte) 150)
                .put((byte) 1)
                .putInt(0)
                .putShort((short) width)
                .putShort((short) height)
                .array());
    }

    public void pointer(int buttons, int x, int y) {
        out.accept(ByteBuffer.allocate(6)
                .put((byte) 5)
                .put((byte) buttons)
                .putShort((short) x)
                .putShort((short) y)
                .array());
    }

    public void key(boolean down, int keysym) {
        out.accept(ByteBuffer.allocate(8)
                .put((byte) 4)
                .put((byte) (down ? 1 : 0))
                .putShort((short) 0)
                .putInt(keysym)
                .array());
    }

    public void scanCode(boolean down, int keysym, int code) {
        out.accept(ByteBuffer.allocate(12)
                .put((byte) 255)
                .put((byte) 0)
                .putShort((short) (down ? 1 : 0))
                .putInt(keysym)
                .putInt(code)
                .array());
    }

    public void cut(int length, byte[] body) {
        out.accept(ByteBuffer.allocate(8 + body.length)
                .put((byte) 6)
                .put(new byte[3])
                .putInt(length)
                .put(body)
                .array());
    }

    /** Reads until the stream ends, on a thread of its own. */
    public void start() {
        Thread thread = new Thread(
                () -> {
                    try {
                        while (true) {
                            int type = in.read();
                            if (type < 0) {
                                break;
                            }
                            message(type);
                        }
                    } catch (IOException e) {
                        failure = e;
                    }
                    ended = true;
                },
                "rfb-client");
        thread.setDaemon(true);
        thread.start();
    }

    private void message(int type) throws IOException {
        switch (type) {
            case 0 -> {
                in.readUnsignedByte();
                int count = in.readUnsignedShort();
                for (int i = 0; i < count; i++) {
                    rectangle();
                }
                updates++;
                onUpdate.run();
            }
            case 3 -> {
                in.readFully(new byte[3]);
                int length = in.readInt();
                byte[] body = new byte[Math.abs(length)];
                in.readFully(body);
                if (length < 0) {
                    cutTexts.add(body);
                } else {
                    texts.add(new String(body, StandardCharsets.ISO_8859_1));
                }
            }
            case 150 -> {}
            case 248 -> {
                in.readFully(new byte[3]);
                int flags = in.readInt();
                byte[] payload = new byte[in.readUnsignedByte()];
                in.readFully(payload);
                if (acknowledge && flags < 0) {
                    out.accept(ByteBuffer.allocate(9 + payload.length)
                            .put((byte) 248)
                            .put(new byte[3])
                            .putInt(flags & 3)
                            .put((byte) payload.length)
                            .put(payload)
                            .array());
                }
            }
            default -> throw new IOException("message " + type);
        }
    }

    private void rectangle() throws IOException {
        int x = in.readUnsignedShort();
        int y = in.readUnsignedShort();
        int w = in.readUnsignedShort();
        int h = in.readUnsignedShort();
        int encoding = in.readInt();
        switch (encoding) {
            case RAW -> {
                byte[] row = new byte[w * 4];
                for (int line = 0; line < h; line++) {
                    in.readFully(row);
                    for (int column = 0; column < w; column++) {
                        set(
                                x + column,
                                y + line,
                                (row[column * 4 + 2] & 255) << 16
                                        | (row[column * 4 + 1] & 255) << 8
                                        | row[column * 4] & 255);
                    }
                }
            }
            case COPY -> {
                copies++;
                int sourceX = in.readUnsignedShort();
                int sourceY = in.readUnsignedShort();
                int[] before = pixels.clone();
                for (int line = 0; line < h; line++) {
                    for (int column = 0; column < w; column++) {
                        set(x + column, y + line, before[(sourceY + line) * width + sourceX + column]);
                    }
                }
            }
            case TIGHT -> tight(x, y, w, h);
            case CURSOR -> {
                in.readFully(new byte[w * h * 4 + (w + 7) / 8 * h]);
                cursorWidth = w;
            }
            case SIZE -> resize(w, h);
            case EXTENDED_SIZE -> {
                int screens = in.readUnsignedByte();
                in.readFully(new byte[3 + 16 * screens]);
                if (w != width || h != height) {
                    resize(w, h);
                }
            }
            case QEMU_KEY -> keysKnown = true;
            default -> throw new IOException("encoding " + encoding);
        }
    }

    private void set(int x, int y, int rgb) {
        pixels[y * width + x] = rgb;
    }

    private int rgb() throws IOException {
        return in.readUnsignedByte() << 16 | in.readUnsignedByte() << 8 | in.readUnsignedByte();
    }

    private int compactLength() throws IOException {
        int length = 0;
        for (int shift = 0; shift < 21; shift += 7) {
            int part = in.readUnsignedByte();
            length |= (shift == 14 ? part : part & 127) << shift;
            if (part < 128 || shift == 14) {
                break;
            }
        }
        return length;
    }

    private void tight(int x, int y, int w, int h) throws IOException {
        int control = in.readUnsignedByte();
        if (control == 0x80) {
            exact++;
            int colour = rgb();
            for (int i = 0; i < w * h; i++) {
                set(x + i % w, y + i / w, colour);
            }
            return;
        }
        if (control == 0x90) {
            jpegs++;
            byte[] bytes = new byte[compactLength()];
            in.readFully(bytes);
            if (!decode) {
                return;
            }
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes));
            if (image.getWidth() != w || image.getHeight() != h) {
                throw new IOException("a JPEG of the wrong size");
            }
            int[] row = new int[w];
            for (int line = 0; line < h; line++) {
                image.getRGB(0, line, w, 1, row, 0, w);
                for (int column = 0; column < w; column++) {
                    set(x + column, y + line, row[column] & 0xffffff);
                }
            }
            return;
        }
        exact++;
        int[] palette = {};
        if ((control & 0x40) != 0) {
            if (in.readUnsignedByte() != 1) {
                throw new IOException("another filter than the palette");
            }
            palette = new int[in.readUnsignedByte() + 1];
            for (int i = 0; i < palette.length; i++) {
                palette[i] = rgb();
            }
        }
        int length = palette.length == 0 ? w * h * 3 : palette.length == 2 ? (w + 7) / 8 * h : w * h;
        byte[] data = inflated(streams[control >> 4 & 3], length);
        for (int i = 0; i < w * h; i++) {
            int column = i % w;
            int line = i / w;
            int colour;
            if (palette.length == 0) {
                colour = (data[i * 3] & 255) << 16 | (data[i * 3 + 1] & 255) << 8 | data[i * 3 + 2] & 255;
            } else if (palette.length == 2) {
                colour = palette[data[line * ((w + 7) / 8) + column / 8] >> 7 - column % 8 & 1];
            } else {
                colour = palette[data[i] & 255];
            }
            set(x + column, y + line, colour);
        }
    }

    private byte[] inflated(Inflater inflater, int length) throws IOException {
        byte[] data = new byte[length];
        if (length < 12) {
            in.readFully(data);
            return data;
        }
        byte[] compressed = new byte[compactLength()];
        in.readFully(compressed);
        inflater.setInput(compressed);
        try {
            int done = 0;
            while (done < length) {
                int got = inflater.inflate(data, done, length - done);
                if (got == 0) {
                    throw new IOException("a rectangle is cut off");
                }
                done += got;
            }
            // the flush's last bytes
            if (inflater.inflate(new byte[1]) != 0) {
                throw new IOException("a rectangle is too long");
            }
        } catch (DataFormatException e) {
            throw new IOException(e);
        }
        return data;
    }

    public int pixel(int x, int y) {
        return pixels[y * width + x];
    }

    public void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline || (ended && !condition.getAsBoolean())) {
                throw new AssertionError(what + " did not happen; ended " + ended + ", " + failure, failure);
            }
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    /** {@code u32 length ‖ UTF-8 ‖ 0} in a provide message of the clipboard's extension. */
    public static String provided(byte[] body) throws IOException {
        Inflater inflater = new Inflater();
        inflater.setInput(body, 4, body.length - 4);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] part = new byte[8_192];
        try {
            for (int got = inflater.inflate(part); got > 0; got = inflater.inflate(part)) {
                all.write(part, 0, got);
            }
        } catch (DataFormatException e) {
            throw new IOException(e);
        }
        byte[] text = all.toByteArray();
        return new String(text, 4, text.length - 5, StandardCharsets.UTF_8);
    }
}
