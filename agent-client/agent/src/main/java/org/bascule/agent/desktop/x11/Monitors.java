package org.bascule.agent.desktop.x11;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.bascule.agent.desktop.rfb.DesktopScreen;
import org.bascule.agent.desktop.x11.Extensions.Xrandr;

/** The monitors of a display, by RandR. */
final class Monitors {

    private static final int MAX = 16;
    private static final int SIZE_OF_MONITOR = 56;

    private Monitors() {}

    /** At most 16; empty without RandR. */
    static List<DesktopScreen> of(XConnection connection) {
        List<DesktopScreen> found = new ArrayList<>();
        try {
            IntByReference count = new IntByReference();
            Pointer monitors = Xrandr.XRRGetMonitors(connection.display, connection.root, 1, count);
            if (monitors == null) {
                return found;
            }
            for (int i = 0; i < Math.min(MAX, count.getValue()); i++) {
                Pointer one = monitors.share((long) i * SIZE_OF_MONITOR);
                found.add(new DesktopScreen(
                        Long.toString(one.getLong(0)),
                        name(connection, one.getLong(0)),
                        one.getInt(20),
                        one.getInt(24),
                        one.getInt(28),
                        one.getInt(32)));
            }
            Xrandr.XRRFreeMonitors(monitors);
        } catch (LinkageError e) {
            return List.of();
        }
        return found;
    }

    private static String name(XConnection connection, long atom) {
        Pointer text = Xlib.XGetAtomName(connection.display, atom);
        if (text == null) {
            return "";
        }
        byte[] bytes = text.getByteArray(0, Math.min(64, (int) text.indexOf(0, (byte) 0)));
        Xlib.XFree(text);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
