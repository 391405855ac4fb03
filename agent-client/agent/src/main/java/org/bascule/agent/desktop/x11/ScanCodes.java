package org.bascule.agent.desktop.x11;

import java.util.Map;

/** From scan codes of set 1 to the key codes of an X server that has evdev's: Linux's number plus 8. */
final class ScanCodes {

    private static final int EVDEV = 8;
    private static final int EXTENDED = 0x80;
    /** Up to F10 and the numeric keypad Linux counts as the set does; then F11 and F12, and the 102nd key before them. */
    private static final int SAME = 0x58;

    private static final Map<Integer, Integer> BEYOND = Map.ofEntries(
            Map.entry(0x1c, 96),
            Map.entry(0x1d, 97),
            Map.entry(0x35, 98),
            Map.entry(0x37, 99),
            Map.entry(0x38, 100),
            Map.entry(0x47, 102),
            Map.entry(0x48, 103),
            Map.entry(0x49, 104),
            Map.entry(0x4b, 105),
            Map.entry(0x4d, 106),
            Map.entry(0x4f, 107),
            Map.entry(0x50, 108),
            Map.entry(0x51, 109),
            Map.entry(0x52, 110),
            Map.entry(0x53, 111),
            Map.entry(0x46, 119),
            Map.entry(0x5b, 125),
            Map.entry(0x5c, 126),
            Map.entry(0x5d, 127),
            Map.entry(0x20, 113),
            Map.entry(0x2e, 114),
            Map.entry(0x30, 115));

    private static final Map<Integer, Integer> PLAIN =
            Map.of(0x70, 93, 0x73, 89, 0x79, 92, 0x7b, 94, 0x7d, 124, 0x77, 91, 0x78, 90);

    private ScanCodes() {}

    /** 0 if there is none. */
    static int keycode(int scanCode) {
        Integer linux = null;
        if (scanCode > 0 && scanCode <= SAME) {
            linux = scanCode;
        } else if ((scanCode & ~0x7f) == EXTENDED) {
            linux = BEYOND.get(scanCode & 0x7f);
        } else {
            linux = PLAIN.get(scanCode);
        }
        return linux == null ? 0 : linux + EVDEV;
    }
}
