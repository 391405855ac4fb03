package org.bascule.agent.desktop.x11;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** What xinput and xrandr do, for tests. */
public final class DisplayTools {

    private static final int SIZE_OF_INFO = 40;
    private static final long UNUSUAL = 0x1002603;

    private DisplayTools() {}

    /** libXi and libXrandr. */
    private static final class Xi {
        static {
            Native.register(Xi.class, "libXi.so.6");
        }

        static native int XIQueryVersion(Pointer display, IntByReference major, IntByReference minor);

        static native Pointer XIQueryDevice(Pointer display, int device, IntByReference count);

        static native Pointer XOpenDevice(Pointer display, long device);

        static native int XIGrabDevice(
                Pointer display,
                int device,
                long window,
                long time,
                long cursor,
                int mode,
                int pairedMode,
                int ownerEvents,
                Pointer mask);
    }

    private static final class Xtst {
        static {
            Native.register(Xtst.class, "libXtst.so.6");
        }

        static native int XTestFakeDeviceKeyEvent(
                Pointer display, Pointer device, int keycode, int press, Pointer axes, int count, long delay);
    }

    private static final class Xrandr {
        static {
            Native.register(Xrandr.class, "libXrandr.so.2");
        }

        static native Pointer XRRGetScreenResources(Pointer display, long window);

        static native int XRRSetCrtcConfig(
                Pointer display,
                Pointer resources,
                long crtc,
                long time,
                int x,
                int y,
                long mode,
                short rotation,
                Pointer outputs,
                int count);

        static native void XRRSetMonitor(Pointer display, long window, Pointer monitor);

        static native void XRRSetScreenSize(
                Pointer display, long window, int width, int height, int millisWide, int millisHigh);
    }

    /** Device's name: whether it moves the display's pointer or types on its keyboard. Without those of XTEST. */
    public static Map<String, Boolean> attached(String display) throws Exception {
        Map<String, Boolean> found = new TreeMap<>();
        try (XConnection connection = XConnection.open(display)) {
            Xi.XIQueryVersion(connection.display, new IntByReference(2), new IntByReference(2));
            IntByReference count = new IntByReference();
            Pointer devices = Xi.XIQueryDevice(connection.display, 0, count);
            for (int i = 0; i < count.getValue(); i++) {
                Pointer one = devices.share((long) i * SIZE_OF_INFO);
                String name = one.getPointer(8).getString(0);
                int use = one.getInt(16);
                if (use >= 3 && !name.contains("XTEST")) {
                    found.put(name, use != 5);
                }
            }
        }
        return found;
    }

    /** 0 if no key means it. */
    public static int keycode(String display, long keysym) {
        try (XConnection connection = XConnection.open(display)) {
            return Xlib.XKeysymToKeycode(connection.display, keysym) & 255;
        } catch (DisplayException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Gives a meaning to all keys that have none, but so many. */
    public static void leaveEmpty(String display, int left) throws Exception {
        try (XConnection connection = XConnection.open(display)) {
            IntByReference columns = new IntByReference();
            int empty = 0;
            for (int code = 8; code < 256; code++) {
                Pointer map =
                        Objects.requireNonNull(Xlib.XGetKeyboardMapping(connection.display, (byte) code, 1, columns));
                if (Arrays.stream(map.getLongArray(0, columns.getValue())).allMatch(symbol -> symbol == 0)
                        && ++empty > left) {
                    Memory symbol = new Memory(8);
                    symbol.setLong(0, UNUSUAL);
                    Xlib.XChangeKeyboardMapping(connection.display, code, 1, symbol, 1);
                    Xlib.XSync(connection.display, 0);
                }
                Xlib.XFree(map);
            }
            if (empty < left) {
                throw new IllegalStateException("only " + empty + " keys have no meaning");
            }
        }
    }

    /** Presses a key of the device's own keyboard. */
    public static void typeAtTheDevice(String display, long keysym, int times) throws Exception {
        try (XConnection connection = XConnection.open(display)) {
            Xi.XIQueryVersion(connection.display, new IntByReference(2), new IntByReference(2));
            int keycode = Xlib.XKeysymToKeycode(connection.display, keysym) & 255;
            IntByReference count = new IntByReference();
            Pointer devices = Xi.XIQueryDevice(connection.display, 0, count);
            for (int i = 0; i < count.getValue(); i++) {
                Pointer one = devices.share((long) i * SIZE_OF_INFO);
                String name = one.getPointer(8).getString(0);
                if (one.getInt(16) >= 3 && name.contains("keyboard") && !name.contains("XTEST")) {
                    Pointer device = Xi.XOpenDevice(connection.display, one.getInt(0));
                    for (int press = 0; press < 2 * times; press++) {
                        Xtst.XTestFakeDeviceKeyEvent(
                                connection.display, device, keycode, 1 - press % 2, Pointer.NULL, 0, 0);
                        Xlib.XSync(connection.display, 0);
                    }
                }
            }
        }
    }

    /** Another programme holds the device's own keyboard, until it is closed. */
    public static AutoCloseable holdKeyboard(String display) throws Exception {
        XConnection connection = XConnection.open(display);
        Xi.XIQueryVersion(connection.display, new IntByReference(2), new IntByReference(2));
        Memory bits = new Memory(8);
        bits.clear();
        Memory mask = new Memory(16);
        mask.clear();
        mask.setInt(4, 4);
        mask.setPointer(8, bits);
        IntByReference count = new IntByReference();
        Pointer devices = Xi.XIQueryDevice(connection.display, 0, count);
        int held = 0;
        for (int i = 0; i < count.getValue(); i++) {
            Pointer one = devices.share((long) i * SIZE_OF_INFO);
            String name = one.getPointer(8).getString(0);
            if (one.getInt(16) == 4 && !name.contains("XTEST")) {
                mask.setInt(0, one.getInt(0));
                held += Xi.XIGrabDevice(connection.display, one.getInt(0), connection.root, 0, 0, 1, 1, 0, mask) == 0
                        ? 1
                        : 0;
            }
        }
        Xlib.XSync(connection.display, 0);
        if (held != 1) {
            throw new IllegalStateException(held + " keyboards are held");
        }
        return connection;
    }

    /** A window over the top of the screen that is raised twice, faster than the banner answers. */
    public static AutoCloseable cover(String display, int width, int height) throws Exception {
        XConnection connection = XConnection.open(display);
        Memory attributes = new Memory(112);
        attributes.clear();
        attributes.setInt(88, 1);
        long window = Xlib.XCreateWindow(
                connection.display, connection.root, 0, 0, width, height, 0, 0, 1, null, 1L << 9, attributes);
        Xlib.XMapRaised(connection.display, window);
        Xlib.XSync(connection.display, 0);
        TimeUnit.MILLISECONDS.sleep(150);
        Xlib.XRaiseWindow(connection.display, window);
        Xlib.XSync(connection.display, 0);
        return connection;
    }

    /** Two monitors beside each other, in place of the one that the display has, whose names are {@code left} and {@code right}. */
    public static void split(String display, int width, int height) throws Exception {
        try (XConnection connection = XConnection.open(display)) {
            Pointer resources = Xrandr.XRRGetScreenResources(connection.display, connection.root);
            long output = resources.getPointer(40).getLong(0);
            monitor(connection, "left", 0, width / 2, height, output);
            monitor(connection, "right", width / 2, width / 2, height);
            Xlib.XSync(connection.display, 0);
        }
    }

    /** XRRMonitorInfo. */
    private static void monitor(XConnection connection, String name, int x, int width, int height, long... outputs) {
        Memory monitor = new Memory(56);
        monitor.clear();
        monitor.setLong(0, connection.atom(name));
        monitor.setInt(16, outputs.length);
        monitor.setInt(20, x);
        monitor.setInt(28, width);
        monitor.setInt(32, height);
        monitor.setInt(36, width / 4);
        monitor.setInt(40, height / 4);
        Memory list = new Memory(8);
        if (outputs.length > 0) {
            list.setLong(0, outputs[0]);
        }
        monitor.setPointer(48, list);
        Xrandr.XRRSetMonitor(connection.display, connection.root, monitor);
    }

    public static void resize(String display, int width, int height) throws Exception {
        try (XConnection connection = XConnection.open(display)) {
            // the monitor has to go first: Xvfb's screen cannot grow
            Pointer resources = Xrandr.XRRGetScreenResources(connection.display, connection.root);
            long crtc = resources.getPointer(24).getLong(0);
            Xrandr.XRRSetCrtcConfig(connection.display, resources, crtc, 0, 0, 0, 0, (short) 1, resources, 0);
            Xrandr.XRRSetScreenSize(connection.display, connection.root, width, height, width / 4, height / 4);
            Xlib.XSync(connection.display, 0);
        }
    }
}
