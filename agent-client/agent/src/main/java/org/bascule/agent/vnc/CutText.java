package org.bascule.agent.vnc;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** The body of an extended clipboard message: {@code u32 flags}, and with PROVIDE, compressed, {@code u32 length ‖ UTF-8 ‖ 0} for each format. */
record CutText(byte[] body) {

    static final int TEXT = 1;
    static final int CAPS = 1 << 24;
    static final int REQUEST = 1 << 25;
    static final int PEEK = 1 << 26;
    static final int NOTIFY = 1 << 27;
    static final int PROVIDE = 1 << 28;

    private static final int FORMATS = 0xffff;
    private static final int ACTIONS = 0xff000000;

    /** The one thing that it does; with CAPS the others say what is possible. 0 for what is not known. */
    int action() {
        int flags = flags();
        if ((flags & CAPS) != 0) {
            return CAPS;
        }
        int action = flags & ACTIONS;
        return action == REQUEST || action == PEEK || action == NOTIFY || action == PROVIDE ? action : 0;
    }

    private int flags() {
        return ByteBuffer.wrap(body).getInt();
    }

    /** Length of the text that it provides, in characters; empty if it is no text alone, or a longer one than 1 MiB. */
    OptionalInt textLength() throws BadRfbException {
        if ((flags() & FORMATS) != TEXT) {
            return OptionalInt.empty();
        }
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(body, Integer.BYTES, body.length - Integer.BYTES);
            byte[] head = new byte[Integer.BYTES];
            require(inflater, head);
            int length = ByteBuffer.wrap(head).getInt();
            if (length < 0 || length > Rfb.MAX_CUT + 1) {
                return OptionalInt.empty();
            }
            byte[] text = new byte[length];
            require(inflater, text);
            return OptionalInt.of(new String(text, 0, Math.max(0, length - 1), StandardCharsets.UTF_8).length());
        } catch (DataFormatException e) {
            throw new BadRfbException("sent a clipboard that is not compressed as it should be");
        } finally {
            inflater.end();
        }
    }

    private static void require(Inflater inflater, byte[] target) throws DataFormatException, BadRfbException {
        for (int done = 0; done < target.length; ) {
            int got = inflater.inflate(target, done, target.length - done);
            if (got == 0) {
                throw new BadRfbException("sent a clipboard that is cut off");
            }
            done += got;
        }
    }
}
