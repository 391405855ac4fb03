package org.bascule.agent.vnc;

import java.io.IOException;
import java.util.OptionalInt;
import org.bascule.agent.log.SessionLog.Direction;

/**
 * Reads what the server sends, and hands it on to the client. Pictures are not decoded, only delimited ({@link Rectangles}); clipboards pass if the session may have them. Ends with the server's bytes, or with
 * what makes no sense ({@link BadRfbException}).
 */
final class ServerMessages {

    /** Of a clipboard that is too long to be passed, but is stepped over. */
    private static final int MAX_SKIPPED = 64 << 20;

    private final Passage passage;
    private final Rectangles rectangles;
    private final Rights rights;
    private final Asked asked;

    ServerMessages(Passage passage, ServerHello hello, Rights rights, Asked asked) {
        this.passage = passage;
        this.rectangles = new Rectangles(passage, hello.width(), hello.height(), asked);
        this.rights = rights;
        this.asked = asked;
    }

    void run() throws IOException {
        for (int type = passage.next(); type >= 0; type = passage.next()) {
            switch (type) {
                case Rfb.UPDATE -> update();
                case Rfb.BELL -> passage.put8(Rfb.BELL);
                case Rfb.SERVER_CUT_TEXT -> cutText();
                case Rfb.CONTINUOUS -> {
                    require(Rfb.CONTINUOUS_UPDATES, "the end of continuous updates");
                    passage.put8(Rfb.CONTINUOUS);
                }
                case Rfb.FENCE_MESSAGE -> fence();
                default -> throw new BadRfbException("sent a message of the unknown type " + type);
            }
        }
        passage.flush();
    }

    private void require(int encoding, String what) throws BadRfbException {
        if (!asked.has(encoding)) {
            throw new BadRfbException("sent " + what + ", which nobody asked for");
        }
    }

    private void update() throws IOException {
        passage.u8();
        int count = passage.u16();
        passage.put16(Rfb.UPDATE);
        passage.put16(count);
        for (int i = 0; i < count; i++) {
            if (rectangles.pass()) {
                break;
            }
        }
    }

    private void fence() throws IOException {
        require(Rfb.FENCE, "a fence");
        byte[] head = passage.bytes(8);
        int length = head[7] & 255;
        if (length > Rfb.MAX_FENCE) {
            throw new BadRfbException("sent a fence of " + length + " bytes");
        }
        byte[] payload = passage.bytes(length);
        passage.put8(Rfb.FENCE_MESSAGE);
        passage.put(head);
        passage.put(payload);
    }

    private void cutText() throws IOException {
        passage.skip(3);
        int length = passage.i32();
        if (length == Integer.MIN_VALUE || Math.abs(length) > MAX_SKIPPED || (length < 0 && length > -4)) {
            throw new BadRfbException("sent a clipboard of " + length + " bytes");
        }
        int size = Math.abs(length);
        if (size > Rfb.MAX_CUT + 4) {
            passage.skip(size);
            return;
        }
        byte[] body = passage.bytes(size);
        if (length >= 0 ? passes(size) : passes(new CutText(body))) {
            passage.put32(Rfb.SERVER_CUT_TEXT << 24);
            passage.put32(length);
            passage.put(body);
        }
    }

    private boolean passes(long length) {
        try {
            return rights.isClipboard(Direction.FROM_DEVICE) && rights.passes(Direction.FROM_DEVICE, length);
        } catch (IOException e) {
            return false; // what cannot be recorded does not pass; the picture goes on
        }
    }

    private boolean passes(CutText text) throws BadRfbException {
        require(Rfb.EXTENDED_CLIPBOARD, "an extended clipboard");
        return switch (text.action()) {
            case CutText.CAPS, CutText.REQUEST, CutText.PEEK -> true;
            case CutText.NOTIFY -> rights.isClipboard(Direction.FROM_DEVICE);
            case CutText.PROVIDE -> {
                OptionalInt length = text.textLength();
                yield length.isPresent() && passes(length.getAsInt());
            }
            default -> false;
        };
    }
}
