package org.bascule.agent.desktop.rfb;

/** Numbers of RFB (RFC 6143 and the registry of the RFB community). */
final class Encodings {

    static final int RAW = 0;
    static final int COPY_RECT = 1;
    static final int TIGHT = 7;
    static final int QUALITY_LOWEST = -32;
    static final int QUALITY_HIGHEST = -23;
    static final int DESKTOP_SIZE = -223;
    static final int CURSOR = -239;
    static final int QEMU_KEY = -258;
    static final int EXTENDED_DESKTOP_SIZE = -308;
    static final int FENCE = -312;
    static final int CONTINUOUS_UPDATES = -313;
    static final int EXTENDED_CLIPBOARD = 0xc0a1e5ce;

    private Encodings() {}
}
