package org.bascule.agent.desktop.rfb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** Clipboard messages both ways: Unicode by the extension, Latin-1 otherwise. Thread-safe. */
final class ExtendedClipboard {

    private static final int TEXT = 1;
    private static final int CAPS = 1 << 24;
    private static final int REQUEST = 1 << 25;
    private static final int PEEK = 1 << 26;
    private static final int NOTIFY = 1 << 27;
    private static final int PROVIDE = 1 << 28;
    private static final int SERVER_CUT_TEXT = 3;

    private final RfbOutput out;
    private final ClipboardSink sink;
    private volatile boolean extended;

    ExtendedClipboard(RfbOutput out, ClipboardSink sink) {
        this.out = out;
        this.sink = sink;
    }

    /** The client knows the extension. */
    void begin() throws IOException {
        extended = true;
        out.later(message(ByteBuffer.allocate(8)
                .putInt(CAPS | REQUEST | PEEK | NOTIFY | PROVIDE | TEXT)
                .putInt(0)
                .array()));
    }

    void classic(String text) {
        sink.offered(text);
    }

    void extended(byte[] body) throws IOException {
        if (body.length < 4) {
            throw new IOException("the client's clipboard message is too short");
        }
        int flags = ByteBuffer.wrap(body).getInt();
        if ((flags & CAPS) != 0 || ((flags & TEXT) == 0 && (flags & PEEK) == 0)) {
            return;
        }
        if ((flags & PROVIDE) != 0) {
            sink.offered(inflate(body));
        } else if ((flags & NOTIFY) != 0) {
            out.later(message(ByteBuffer.allocate(4).putInt(REQUEST | TEXT).array()));
        } else if ((flags & REQUEST) != 0) {
            sink.wanted();
        }
    }

    /** {@code u32 length ‖ UTF-8 ‖ 0}, compressed. */
    private static String inflate(byte[] body) throws IOException {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(body, 4, body.length - 4);
            byte[] head = new byte[4];
            if (fill(inflater, head) < 4) {
                throw new IOException("the client's clipboard is cut off");
            }
            int length = ByteBuffer.wrap(head).getInt();
            if (length < 0 || length > ClientMessages.MAX_CUT + 1) {
                throw new IOException("the client's clipboard is too large");
            }
            byte[] text = new byte[length];
            if (fill(inflater, text) < length) {
                throw new IOException("the client's clipboard is cut off");
            }
            int end = length > 0 && text[length - 1] == 0 ? length - 1 : length;
            return new String(text, 0, end, StandardCharsets.UTF_8).replace("\r\n", "\n");
        } catch (DataFormatException e) {
            throw new IOException("the client's clipboard is not compressed as it should be", e);
        } finally {
            inflater.end();
        }
    }

    private static int fill(Inflater inflater, byte[] target) throws DataFormatException {
        int done = 0;
        while (done < target.length) {
            int got = inflater.inflate(target, done, target.length - done);
            if (got == 0) {
                break;
            }
            done += got;
        }
        return done;
    }

    /** The device has a text; true if the client asks for it with {@link ClipboardSink#wanted}, otherwise it is to be given at once. */
    boolean announce() throws IOException {
        if (extended) {
            out.send(message(ByteBuffer.allocate(4).putInt(NOTIFY | TEXT).array()));
        }
        return extended;
    }

    /** The device's text. */
    void provide(String text) throws IOException {
        if (!extended) {
            byte[] latin = text.getBytes(StandardCharsets.ISO_8859_1);
            out.send(new Packet(latin.length + 8)
                    .u8(SERVER_CUT_TEXT)
                    .zeros(3)
                    .i32(latin.length)
                    .put(latin));
            return;
        }
        byte[] utf8 = text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
        Packet plain =
                new Packet(utf8.length + 5).i32(utf8.length + 1).put(utf8).u8(0);
        Packet body = new Packet(256).i32(PROVIDE | TEXT);
        Deflater deflater = new Deflater();
        try {
            deflater.setInput(plain.array(), 0, plain.length());
            deflater.finish();
            byte[] part = new byte[8_192];
            while (!deflater.finished()) {
                body.put(part, 0, deflater.deflate(part));
            }
        } finally {
            deflater.end();
        }
        out.send(message(java.util.Arrays.copyOf(body.array(), body.length())));
    }

    private static Packet message(byte[] body) {
        return new Packet(body.length + 8)
                .u8(SERVER_CUT_TEXT)
                .zeros(3)
                .i32(-body.length)
                .put(body);
    }
}
