package org.bascule.agent.desktop.x11;

import com.sun.jna.Memory;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.bascule.agent.desktop.x11.Extensions.Xtst;

/** Mouse and keyboard by XTEST. Remembers what is down, to let go of it. Thread-safe: its end comes from elsewhere. */
public final class XInput implements AutoCloseable {

    private static final int BUTTONS = 8;
    private static final int CORE_KEYBOARD = 0x100;
    private static final int FUNCTION_KEYS = 0xff00;
    private static final int KEYPAD = 0xff80;
    private static final int KEYPAD_END = 0xffbd;
    private static final int KEYSYM_UP = 0xff52;
    private static final int EVDEV_UP = 111;
    /** Keys held at once; more are a client that presses and never lets go. */
    private static final int MAX_DOWN = 64;

    private final XConnection connection;
    private final boolean evdev;
    private final SpareKeys spare;
    private final Map<Integer, Integer> down = new HashMap<>();
    private final Memory state = new Memory(18);
    private final IntByReference consumed = new IntByReference();
    private final LongByReference keysym = new LongByReference();
    private int buttons;
    private boolean left;

    public XInput(String display) throws DisplayException {
        connection = XConnection.open(display);
        IntByReference any = new IntByReference();
        try {
            if (Xtst.XTestQueryExtension(connection.display, any, any, any, any) == 0) {
                connection.close();
                throw new DisplayException(
                        "unsupported", "The display lacks the extension XTEST: it can only be viewed.");
            }
        } catch (LinkageError e) {
            connection.close();
            throw new DisplayException(
                    "unsupported", "The library libXtst is missing on the device: install the package libxtst6.");
        }
        Xtst.XTestGrabControl(connection.display, 1);
        evdev = (Xlib.XKeysymToKeycode(connection.display, KEYSYM_UP) & 255) == EVDEV_UP;
        spare = new SpareKeys(connection);
    }

    /**
     * Moves and presses.
     *
     * @param newButtons bit 0 for button 1 and so on
     */
    public synchronized void pointer(int newButtons, int x, int y) {
        if (left) {
            return;
        }
        Xtst.XTestFakeMotionEvent(connection.display, connection.screen, x, y, 0);
        press(newButtons);
        flush();
    }

    private void press(int newButtons) {
        for (int button = 0; button < BUTTONS; button++) {
            int pressed = newButtons >> button & 1;
            if ((buttons >> button & 1) != pressed) {
                Xtst.XTestFakeButtonEvent(connection.display, button + 1, pressed, 0);
            }
        }
        buttons = newButtons;
    }

    /** See {@code InputSink.key}. */
    public synchronized void key(boolean pressed, int symbol, int scanCode) {
        if (left) {
            return;
        }
        int id = scanCode != 0 ? -scanCode : symbol;
        int keycode;
        if (pressed) {
            Integer held = down.get(id);
            keycode = held != null ? held : keycode(symbol, scanCode);
            if (keycode == 0 || (held == null && down.size() >= MAX_DOWN)) {
                return;
            }
            down.put(id, keycode);
        } else {
            Integer held = down.remove(id);
            if (held == null) {
                return;
            }
            keycode = held;
        }
        Xtst.XTestFakeKeyEvent(connection.display, keycode, pressed ? 1 : 0, 0);
        flush();
    }

    /**
     * The key at the same place if it means the same here; otherwise one that does, if need be one that is made to. So the client's character arrives, whatever the two layouts are.
     */
    private int keycode(int symbol, int scanCode) {
        while (connection.next(0)) {
            if (connection.type() == Xlib.MAPPING_NOTIFY) {
                Xlib.XRefreshKeyboardMapping(connection.event);
            }
        }
        int modifiers = modifiers();
        int same = evdev ? ScanCodes.keycode(scanCode) : 0;
        if (same != 0 && (symbol == 0 || isFunction(symbol) || meaning(same, modifiers) == symbol)) {
            return same;
        }
        if (symbol == 0) {
            return 0;
        }
        int usual = Xlib.XKeysymToKeycode(connection.display, symbol & 0xffffffffL) & 255;
        if (usual != 0 && (isFunction(symbol) || meaning(usual, modifiers) == symbol)) {
            return usual;
        }
        return spare.keycode(symbol, new TreeSet<>(down.values()));
    }

    /** Modifiers, arrows and the like: they do not depend on the layout's letters, nor on Num Lock as the keypad does. */
    private static boolean isFunction(int symbol) {
        return symbol >= FUNCTION_KEYS && symbol <= 0xffff && (symbol < KEYPAD || symbol > KEYPAD_END);
    }

    /** As XkbLookupKeySym takes them: with the group. */
    private int modifiers() {
        Xlib.XkbGetState(connection.display, CORE_KEYBOARD, state);
        int group = state.getByte(0) & 3;
        int mods = state.getByte(6) & 255;
        return mods | group << 13;
    }

    private int meaning(int keycode, int modifiers) {
        keysym.setValue(0);
        Xlib.XkbLookupKeySym(connection.display, (byte) keycode, modifiers, consumed, keysym);
        return (int) keysym.getValue();
    }

    private void flush() {
        Xlib.XFlush(connection.display);
    }

    /** Lets go of everything. Nothing after {@link #leave} or {@link #close}. */
    public synchronized void release() {
        if (left) {
            return;
        }
        press(0);
        down.values().forEach(keycode -> Xtst.XTestFakeKeyEvent(connection.display, keycode, 0, 0));
        down.clear();
        Xlib.XSync(connection.display, 0);
    }

    /** Lets go of every key and button that is down on the display: after a process that could not. What that had lent was given back at the start. */
    public synchronized void releaseAll() {
        byte[] keys = new byte[32];
        Xlib.XQueryKeymap(connection.display, keys);
        for (int keycode = 8; keycode < 256; keycode++) {
            if ((keys[keycode / 8] >> keycode % 8 & 1) != 0) {
                Xtst.XTestFakeKeyEvent(connection.display, keycode, 0, 0);
            }
        }
        for (int button = 1; button <= BUTTONS; button++) {
            Xtst.XTestFakeButtonEvent(connection.display, button, 0, 0);
        }
        Xlib.XSync(connection.display, 0);
    }

    /** Lets go of everything, gives back the key codes that were lent, and presses nothing any more. The connection stays: another thread may be about to use it. */
    public synchronized void leave() {
        if (!left) {
            release();
            spare.restore();
            left = true;
        }
    }

    @Override
    public synchronized void close() {
        leave();
        connection.close();
    }
}
