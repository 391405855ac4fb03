package org.bascule.agent.desktop.rfb;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Reads what the client sends, until it is over or makes no sense: then {@link IOException} says why. */
final class ClientMessages {

    /** Of clipboard text, in bytes as sent. */
    static final int MAX_CUT = 1 << 20;

    private static final int MAX_FENCE = 64;
    private static final int FENCE_REQUEST = 0x80000000;
    private static final int FENCE_KNOWN = 3;

    private final DataInputStream in;
    private final ClientState state;
    private final Flow flow;
    private final InputSink input;
    private final ExtendedClipboard clipboard;
    private final RfbOutput out;

    ClientMessages(
            DataInputStream in,
            ClientState state,
            Flow flow,
            InputSink input,
            ExtendedClipboard clipboard,
            RfbOutput out) {
        this.in = in;
        this.state = state;
        this.flow = flow;
        this.input = input;
        this.clipboard = clipboard;
        this.out = out;
    }

    void run() throws IOException {
        for (int type = in.read(); type >= 0; type = in.read()) {
            switch (type) {
                case 0 -> {
                    in.readFully(new byte[3]);
                    state.format(PixelFormat.read(in));
                    state.everything();
                }
                case 2 -> encodings();
                case 3 -> {
                    boolean incremental = in.readUnsignedByte() != 0;
                    in.readFully(new byte[8]);
                    state.request(incremental);
                }
                case 4 -> {
                    boolean down = in.readUnsignedByte() != 0;
                    in.readFully(new byte[2]);
                    input.key(down, in.readInt(), 0);
                }
                case 5 -> {
                    int buttons = in.readUnsignedByte();
                    input.pointer(buttons, in.readUnsignedShort(), in.readUnsignedShort());
                }
                case 6 -> cutText();
                case 150 -> {
                    boolean on = in.readUnsignedByte() != 0;
                    in.readFully(new byte[8]);
                    state.continuous(on);
                    if (!on) {
                        answer(new Packet(1).u8(150));
                    }
                }
                case 248 -> fence();
                case 251 -> {
                    in.readFully(new byte[5]);
                    int screens = in.readUnsignedByte();
                    in.readFully(new byte[1 + 16 * screens]);
                }
                case 255 -> qemu();
                default -> throw new IOException("the client sent a message of the unknown type " + type);
            }
        }
    }

    private void answer(Packet message) throws IOException {
        out.later(message);
        state.wake();
    }

    private void encodings() throws IOException {
        in.readUnsignedByte();
        int count = in.readUnsignedShort();
        boolean tight = false;
        boolean copy = false;
        boolean cursor = false;
        boolean size = false;
        boolean extendedSize = false;
        boolean fence = false;
        boolean continuous = false;
        boolean keys = false;
        boolean clip = false;
        int level = -1;
        for (int i = 0; i < count; i++) {
            int encoding = in.readInt();
            switch (encoding) {
                case Encodings.TIGHT -> tight = true;
                case Encodings.COPY_RECT -> copy = true;
                case Encodings.CURSOR -> cursor = true;
                case Encodings.DESKTOP_SIZE -> size = true;
                case Encodings.EXTENDED_DESKTOP_SIZE -> extendedSize = true;
                case Encodings.FENCE -> fence = true;
                case Encodings.CONTINUOUS_UPDATES -> continuous = true;
                case Encodings.QEMU_KEY -> keys = true;
                case Encodings.EXTENDED_CLIPBOARD -> clip = true;
                default -> {
                    if (encoding >= Encodings.QUALITY_LOWEST && encoding <= Encodings.QUALITY_HIGHEST) {
                        level = encoding - Encodings.QUALITY_LOWEST;
                    }
                }
            }
        }
        ClientState.Wants before = state.wants();
        state.wants(
                new ClientState.Wants(tight, copy, level, cursor, size, extendedSize, fence, continuous, keys, clip));
        if (fence && !before.fence()) {
            answer(new Packet(16).u8(248).zeros(3).i32(FENCE_REQUEST | 1).u8(0));
        }
        if (continuous && !before.continuous()) {
            answer(new Packet(1).u8(150));
        }
        if (clip && !before.clipboard()) {
            clipboard.begin();
            state.wake();
        }
    }

    private void cutText() throws IOException {
        in.readFully(new byte[3]);
        int length = in.readInt();
        if (length == Integer.MIN_VALUE || Math.abs(length) > MAX_CUT + 4) {
            throw new IOException("the client's clipboard is too large");
        }
        byte[] bytes = new byte[Math.abs(length)];
        in.readFully(bytes);
        if (length >= 0) {
            clipboard.classic(new String(bytes, StandardCharsets.ISO_8859_1));
        } else {
            clipboard.extended(bytes);
            state.wake();
        }
    }

    private void fence() throws IOException {
        in.readFully(new byte[3]);
        int flags = in.readInt();
        int length = in.readUnsignedByte();
        if (length > MAX_FENCE) {
            throw new IOException("a fence is at most 64 bytes");
        }
        byte[] payload = new byte[length];
        in.readFully(payload);
        if ((flags & FENCE_REQUEST) != 0) {
            Packet answer =
                    new Packet(80).u8(248).zeros(3).i32(flags & FENCE_KNOWN).u8(length);
            answer(answer.put(payload));
        } else if (length == 4) {
            int number =
                    (payload[0] & 255) << 24 | (payload[1] & 255) << 16 | (payload[2] & 255) << 8 | payload[3] & 255;
            flow.acknowledged(number, System.nanoTime());
            state.wake();
        }
    }

    private void qemu() throws IOException {
        int kind = in.readUnsignedByte();
        if (kind != 0) {
            throw new IOException("the client sent a message of QEMU's with the unknown type " + kind);
        }
        boolean down = in.readUnsignedShort() != 0;
        int keysym = in.readInt();
        input.key(down, keysym, in.readInt());
    }
}
