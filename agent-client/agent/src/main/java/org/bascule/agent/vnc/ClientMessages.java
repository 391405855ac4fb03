package org.bascule.agent.vnc;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.bascule.agent.log.SessionLog.Direction;

/** Reads what the client sends, strictly, and hands on to the server what the session may do. Ends with the client's bytes, or with what makes no sense ({@link BadRfbException}). */
final class ClientMessages {

    private static final int MAX_ENCODINGS = 256;

    private final DataInputStream in;
    private final ServerOutput server;
    private final Rights rights;
    private final Asked asked;

    // guarded by this
    private List<Integer> encodings = List.of();
    private int quality;

    ClientMessages(DataInputStream in, ServerOutput server, Rights rights, Asked asked) {
        this.in = in;
        this.server = server;
        this.rights = rights;
        this.asked = asked;
    }

    void run() throws IOException {
        for (int type = in.read(); type >= 0; type = in.read()) {
            switch (type) {
                case Rfb.SET_PIXEL_FORMAT -> format();
                case Rfb.SET_ENCODINGS -> encodings();
                case Rfb.UPDATE_REQUEST, Rfb.CONTINUOUS -> server.send(whole(type, 10));
                case Rfb.KEY -> {
                    boolean down = in.readUnsignedByte() != 0;
                    in.readFully(new byte[2]);
                    server.key(down, in.readInt());
                }
                case Rfb.POINTER -> {
                    int buttons = in.readUnsignedByte();
                    server.pointer(buttons, in.readUnsignedShort(), in.readUnsignedShort());
                }
                case Rfb.CLIENT_CUT_TEXT -> cutText();
                case Rfb.FENCE_MESSAGE -> fence();
                case Rfb.SET_DESKTOP_SIZE -> {
                    // nobody changes the size of somebody else's screen
                    in.readFully(new byte[5]);
                    in.readFully(new byte[1 + 16 * in.readUnsignedByte()]);
                }
                case Rfb.QEMU -> qemu();
                default -> throw new BadRfbException("sent a message of the unknown type " + type);
            }
        }
    }

    private byte[] whole(int type, int length) throws IOException {
        byte[] message = new byte[length];
        message[0] = (byte) type;
        in.readFully(message, 1, length - 1);
        return message;
    }

    /** Only what leaves the length of each pixel as it is: 4 bytes, and 3 in Tight and ZRLE. So it does not matter when the server follows. */
    private void format() throws IOException {
        byte[] message = whole(Rfb.SET_PIXEL_FORMAT, 20);
        ByteBuffer format = ByteBuffer.wrap(message, 4, 16);
        boolean same = format.get() == 32 && format.get() == 24;
        boolean little = format.get() == 0;
        boolean trueColour = format.get() != 0;
        for (int colour = 0; colour < 3; colour++) {
            same &= format.getShort() == 255;
        }
        for (int colour = 0; colour < 3; colour++) {
            int shift = format.get();
            same &= shift == 0 || shift == 8 || shift == 16;
        }
        if (!same || !little || !trueColour) {
            throw new BadRfbException("wants another format of pixels than 32 bits with 24 of colour");
        }
        server.send(message);
    }

    private void encodings() throws IOException {
        in.readUnsignedByte();
        int count = in.readUnsignedShort();
        if (count > MAX_ENCODINGS) {
            throw new BadRfbException("knows " + count + " encodings");
        }
        List<Integer> passed = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int encoding = in.readInt();
            if (Rfb.isPassed(encoding)) {
                passed.add(encoding);
                asked.add(encoding);
            }
        }
        synchronized (this) {
            encodings = List.copyOf(passed);
        }
        sendEncodings();
    }

    /** 1 to 9 for what the person chose; 0 for what the client says itself. May block. */
    void quality(int level) throws IOException {
        synchronized (this) {
            quality = level;
            if (encodings.isEmpty()) {
                return;
            }
        }
        sendEncodings();
    }

    private void sendEncodings() throws IOException {
        List<Integer> sent = new ArrayList<>();
        synchronized (this) {
            encodings.stream()
                    .filter(each -> quality == 0 || !Rfb.isQuality(each))
                    .forEach(sent::add);
            if (quality > 0) {
                sent.add(Rfb.QUALITY_LOWEST + quality);
            }
        }
        ByteBuffer message = ByteBuffer.allocate(4 + 4 * sent.size());
        message.put((byte) Rfb.SET_ENCODINGS).put((byte) 0).putShort((short) sent.size());
        sent.forEach(message::putInt);
        server.send(message.array());
    }

    private void cutText() throws IOException {
        in.readFully(new byte[3]);
        int length = in.readInt();
        if (length == Integer.MIN_VALUE || Math.abs(length) > Rfb.MAX_CUT + 4 || (length < 0 && length > -4)) {
            throw new BadRfbException("sent a clipboard of " + length + " bytes");
        }
        byte[] body = new byte[Math.abs(length)];
        in.readFully(body);
        if (length >= 0 ? passes(body.length) : passes(new CutText(body))) {
            server.send(ByteBuffer.allocate(8 + body.length)
                    .putInt(Rfb.CLIENT_CUT_TEXT << 24)
                    .putInt(length)
                    .put(body)
                    .array());
        }
    }

    private boolean passes(long length) throws IOException {
        return rights.isControl()
                && rights.isClipboard(Direction.TO_DEVICE)
                && rights.passes(Direction.TO_DEVICE, length);
    }

    private boolean passes(CutText text) throws IOException {
        return switch (text.action()) {
            case CutText.CAPS, CutText.PEEK -> true;
            case CutText.REQUEST -> rights.isClipboard(Direction.FROM_DEVICE);
            case CutText.NOTIFY -> rights.isControl() && rights.isClipboard(Direction.TO_DEVICE);
            case CutText.PROVIDE -> {
                OptionalInt length = text.textLength();
                yield length.isPresent() && passes(length.getAsInt());
            }
            default -> false;
        };
    }

    private void fence() throws IOException {
        byte[] head = whole(Rfb.FENCE_MESSAGE, 9);
        int length = head[8] & 255;
        if (length > Rfb.MAX_FENCE) {
            throw new BadRfbException("sent a fence of " + length + " bytes");
        }
        byte[] message = java.util.Arrays.copyOf(head, 9 + length);
        in.readFully(message, 9, length);
        server.send(message);
    }

    private void qemu() throws IOException {
        int kind = in.readUnsignedByte();
        if (kind != 0) {
            throw new BadRfbException("sent a message of QEMU's of the unknown type " + kind);
        }
        boolean down = in.readUnsignedShort() != 0;
        int keysym = in.readInt();
        server.scanCode(down, keysym, in.readInt());
    }
}
