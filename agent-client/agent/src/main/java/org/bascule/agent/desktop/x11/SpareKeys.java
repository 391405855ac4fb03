package org.bascule.agent.desktop.x11;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Key codes without a meaning of their own, lent to characters that no key has. Of each that is lent a property of the root window says for which character, and a selection has an owner as long as the
 * process lives that has lent it; so the next process gives back what one has left that was killed, and takes none from one that lives.
 */
final class SpareKeys {

    /** One process lends so many at most: others may need some too. */
    private static final int MOST = 12;

    private static final int COLUMNS = 2;
    private static final int INPUT_ONLY = 2;
    private static final long CARDINAL = 6;

    private final XConnection connection;
    private final long owner;
    private final int least;
    private final int count;
    /** Of each symbol, the one that was used longest ago first. */
    private final Map<Integer, Integer> lent = new LinkedHashMap<>(16, 0.75f, true);

    SpareKeys(XConnection connection) {
        this.connection = connection;
        Memory attributes = new Memory(112);
        attributes.clear();
        owner = Xlib.XCreateWindow(
                connection.display, connection.root, -10, -10, 1, 1, 0, 0, INPUT_ONLY, null, 0, attributes);
        IntByReference first = new IntByReference();
        IntByReference last = new IntByReference();
        Xlib.XDisplayKeycodes(connection.display, first, last);
        least = first.getValue();
        count = last.getValue() - least + 1;
        // to its end: all that was left is given back
        spare().forEach(code -> {});
    }

    /** Key codes that have no meaning now and that nobody has lent. What one that was killed has left is given back when it is come to. */
    private IntStream spare() {
        IntByReference columns = new IntByReference();
        Pointer map = Xlib.XGetKeyboardMapping(connection.display, (byte) least, count, columns);
        if (map == null) {
            return IntStream.empty();
        }
        int width = columns.getValue();
        long[] meanings = map.getLongArray(0, count * width);
        Xlib.XFree(map);
        return IntStream.iterate(count - 1, key -> key >= 0, key -> key - 1)
                .filter(key -> isSpare(least + key, Arrays.copyOfRange(meanings, key * width, (key + 1) * width)))
                .map(key -> least + key);
    }

    private boolean isSpare(int code, long... meanings) {
        boolean empty = Arrays.stream(meanings).allMatch(meaning -> meaning == 0);
        return empty ? !isOwned(connection.atom(name(code))) : isTakenBack(code, meanings[0]);
    }

    /** Name of the property and of the selection. */
    private static String name(int code) {
        return "_BASCULE_LENT_KEY_" + code;
    }

    /** Gives back what a process that was killed has lent; a meaning that somebody else gave the key since stays. */
    private boolean isTakenBack(int code, long meaning) {
        long name = Xlib.XInternAtom(connection.display, name(code), 1);
        if (name == 0 || isOwned(name) || symbolOf(name) != meaning) {
            return false;
        }
        giveBack(code);
        return true;
    }

    private boolean isOwned(long name) {
        return Xlib.XGetSelectionOwner(connection.display, name) != 0;
    }

    /** The symbol that a key code was lent to; -1 if it is not lent. */
    private long symbolOf(long name) {
        IntByReference format = new IntByReference();
        LongByReference type = new LongByReference();
        LongByReference count = new LongByReference();
        PointerByReference data = new PointerByReference();
        int result = Xlib.XGetWindowProperty(
                connection.display,
                connection.root,
                name,
                0,
                1,
                0,
                CARDINAL,
                type,
                format,
                count,
                new LongByReference(),
                data);
        Pointer value = data.getValue();
        if (result != 0 || value == null) {
            return -1;
        }
        long symbol = format.getValue() == 32 && count.getValue() == 1 ? value.getLong(0) & 0xffffffffL : -1;
        Xlib.XFree(value);
        return symbol;
    }

    /** 0 if none is left. */
    int keycode(int symbol, Set<Integer> inUse) {
        Integer known = lent.get(symbol);
        if (known != null) {
            return known;
        }
        int code = next(inUse);
        if (code != 0) {
            lend(code, symbol & 0xffffffffL);
            lent.put(symbol, code);
        }
        return code;
    }

    private int next(Set<Integer> inUse) {
        int spare = lent.size() < MOST ? spare().findFirst().orElse(0) : 0;
        if (spare != 0) {
            return spare;
        }
        Integer oldest = lent.entrySet().stream()
                .filter(entry -> !inUse.contains(entry.getValue()))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
        Integer code = oldest == null ? null : lent.remove(oldest);
        return code == null ? 0 : code;
    }

    private void lend(int code, long symbol) {
        long name = connection.atom(name(code));
        Memory value = new Memory(8);
        value.setLong(0, symbol);
        Xlib.XSetSelectionOwner(connection.display, name, owner, 0);
        Xlib.XChangeProperty(connection.display, connection.root, name, CARDINAL, 32, 0, value, 1);
        map(code, symbol);
    }

    private void giveBack(int code) {
        long name = connection.atom(name(code));
        map(code, 0);
        Xlib.XDeleteProperty(connection.display, connection.root, name);
        Xlib.XSetSelectionOwner(connection.display, name, 0, 0);
        Xlib.XSync(connection.display, 0);
    }

    private void map(int code, long symbol) {
        Memory symbols = new Memory(COLUMNS * 8);
        symbols.setLong(0, symbol);
        symbols.setLong(8, symbol);
        Xlib.XChangeKeyboardMapping(connection.display, code, COLUMNS, symbols, 1);
        Xlib.XSync(connection.display, 0);
    }

    void restore() {
        lent.values().forEach(this::giveBack);
        lent.clear();
    }
}
