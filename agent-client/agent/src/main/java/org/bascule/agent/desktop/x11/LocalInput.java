package org.bascule.agent.desktop.x11;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the device's own mice and keyboards from reaching anything, by grabbing each of them by itself (XInput 2): the grabbed device leaves the pointer and keyboard that XTEST goes on moving. The server lets go of the grabs when this connection ends,
 * however that comes about.
 */
public final class LocalInput implements AutoCloseable {

    private static final int ALL_DEVICES = 0;
    private static final int SLAVE_POINTER = 3;
    private static final int SLAVE_KEYBOARD = 4;
    /** Belongs to no pointer or keyboard, as what is grabbed does. */
    private static final int FLOATING = 5;

    private static final int GRAB_ASYNC = 1;
    private static final int SIZE_OF_INFO = 40;
    private static final int MAX_DEVICES = 256;
    private static final int XI_KEY_PRESS = 2;
    private static final int XI_KEY_REPEAT = 1 << 16;
    private static final long KEYSYM_ESCAPE = 0xff1b;
    private static final int ESCAPES = 5;
    private static final long ESCAPES_WITHIN = TimeUnit.SECONDS.toNanos(3);

    /** libXi. */
    private static final class Xi {
        static {
            Native.register(Xi.class, "libXi.so.6");
        }

        static native int XIQueryVersion(Pointer display, IntByReference major, IntByReference minor);

        static native @Nullable Pointer XIQueryDevice(Pointer display, int device, IntByReference count);

        static native void XIFreeDeviceInfo(Pointer devices);

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

    private final XConnection connection;
    private final Memory mask = new Memory(16);
    private final Memory bits = new Memory(8);
    private final Set<Integer> held = new HashSet<>();
    private final Deque<Long> escapes = new ArrayDeque<>();

    public LocalInput(String display) throws DisplayException {
        connection = XConnection.open(display);
        try {
            if (Xi.XIQueryVersion(connection.display, new IntByReference(2), new IntByReference(2)) != 0) {
                connection.close();
                throw new DisplayException(
                        "unsupported", "The display lacks XInput 2: its mouse and keyboard cannot be locked.");
            }
        } catch (LinkageError e) {
            connection.close();
            throw new DisplayException(
                    "unsupported", "The library libXi is missing on the device: install the package libxi6.");
        }
        bits.clear();
        bits.setByte(0, (byte) (1 << XI_KEY_PRESS));
        mask.clear();
        mask.setInt(0, ALL_DEVICES);
        mask.setInt(4, 4);
        mask.setPointer(8, bits);
    }

    /**
     * How much is locked.
     *
     * @param there mice and keyboards of the device
     * @param held those of them that are locked by this
     */
    public record Locked(int there, int held) {}

    /** Locks what is there, also what was plugged in since the last call. What another programme holds stays with it. */
    public Locked lock() {
        IntByReference count = new IntByReference();
        Pointer devices = Xi.XIQueryDevice(connection.display, ALL_DEVICES, count);
        if (devices == null) {
            return new Locked(0, 0);
        }
        Set<Integer> before = Set.copyOf(held);
        held.clear();
        int there = 0;
        for (int i = 0; i < Math.min(count.getValue(), MAX_DEVICES); i++) {
            Pointer one = devices.share((long) i * SIZE_OF_INFO);
            int device = one.getInt(0);
            int use = one.getInt(16);
            if ((use != SLAVE_POINTER && use != SLAVE_KEYBOARD && use != FLOATING)
                    || name(one).contains("XTEST")) {
                continue;
            }
            there++;
            if ((use == FLOATING && before.contains(device)) || grab(device)) {
                held.add(device);
            }
        }
        Xi.XIFreeDeviceInfo(devices);
        Xlib.XSync(connection.display, 0);
        return new Locked(there, held.size());
    }

    private boolean grab(int device) {
        mask.setInt(0, device);
        return Xi.XIGrabDevice(connection.display, device, connection.root, 0, 0, GRAB_ASYNC, GRAB_ASYNC, 0, mask) == 0;
    }

    /** Whether Escape was pressed five times within three seconds on a keyboard that is locked: the way out for who sits there. */
    public boolean isEscaped() {
        boolean escaped = false;
        while (connection.next(0)) {
            if (connection.type() == Xlib.GENERIC_EVENT
                    && Xlib.XGetEventData(connection.display, connection.event) != 0) {
                escaped |= isLastOfEscapes(connection.event);
                Xlib.XFreeEventData(connection.display, connection.event);
            }
        }
        return escaped;
    }

    /** XGenericEventCookie: evtype 36, data 48; XIDeviceEvent: detail 56, flags 120. */
    private boolean isLastOfEscapes(Memory event) {
        Pointer data = event.getPointer(48);
        int escape = Xlib.XKeysymToKeycode(connection.display, KEYSYM_ESCAPE) & 255;
        if (event.getInt(36) != XI_KEY_PRESS || data == null || (data.getInt(120) & XI_KEY_REPEAT) != 0) {
            return false;
        }
        if (data.getInt(56) != escape) {
            escapes.clear();
            return false;
        }
        long now = System.nanoTime();
        escapes.add(now);
        if (escapes.size() > ESCAPES) {
            escapes.remove();
        }
        return escapes.size() == ESCAPES && now - escapes.element() < ESCAPES_WITHIN;
    }

    private static String name(Pointer info) {
        Pointer text = info.getPointer(8);
        return text == null ? "" : text.getString(0, StandardCharsets.UTF_8.name());
    }

    @Override
    public void close() {
        connection.close();
    }
}
