package org.bascule.agent.vnc;

import java.util.Set;

/** Numbers and bounds of RFB (RFC 6143 and the registry of the RFB community), as far as the bridge lets them pass. */
final class Rfb {

    static final int RAW = 0;
    static final int COPY_RECT = 1;
    static final int ZLIB = 6;
    static final int TIGHT = 7;
    static final int ZRLE = 16;
    static final int QUALITY_LOWEST = -32;
    static final int QUALITY_HIGHEST = -23;
    static final int COMPRESS_LOWEST = -256;
    static final int COMPRESS_HIGHEST = -247;
    static final int DESKTOP_SIZE = -223;
    static final int LAST_RECT = -224;
    static final int CURSOR = -239;
    static final int QEMU_KEY = -258;
    static final int EXTENDED_DESKTOP_SIZE = -308;
    static final int FENCE = -312;
    static final int CONTINUOUS_UPDATES = -313;
    static final int EXTENDED_CLIPBOARD = 0xc0a1e5ce;

    /** Message types of both directions. */
    static final int UPDATE = 0;

    static final int SET_PIXEL_FORMAT = 0;
    static final int SET_ENCODINGS = 2;
    static final int BELL = 2;
    static final int UPDATE_REQUEST = 3;
    static final int SERVER_CUT_TEXT = 3;
    static final int KEY = 4;
    static final int POINTER = 5;
    static final int CLIENT_CUT_TEXT = 6;
    static final int CONTINUOUS = 150;
    static final int FENCE_MESSAGE = 248;
    static final int SET_DESKTOP_SIZE = 251;
    static final int QEMU = 255;

    static final int MAX_FENCE = 64;
    /** Of clipboard text, in bytes as sent. */
    static final int MAX_CUT = 1 << 20;

    private static final Set<Integer> PASSED = Set.of(
            RAW,
            COPY_RECT,
            ZLIB,
            TIGHT,
            ZRLE,
            DESKTOP_SIZE,
            LAST_RECT,
            CURSOR,
            QEMU_KEY,
            EXTENDED_DESKTOP_SIZE,
            FENCE,
            CONTINUOUS_UPDATES,
            EXTENDED_CLIPBOARD);

    private Rfb() {}

    static boolean isQuality(int encoding) {
        return encoding >= QUALITY_LOWEST && encoding <= QUALITY_HIGHEST;
    }

    /** Whether the client may ask for it: what the server then sends is told apart here. */
    static boolean isPassed(int encoding) {
        return PASSED.contains(encoding)
                || isQuality(encoding)
                || (encoding >= COMPRESS_LOWEST && encoding <= COMPRESS_HIGHEST);
    }
}
