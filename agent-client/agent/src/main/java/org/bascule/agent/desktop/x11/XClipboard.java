package org.bascule.agent.desktop.x11;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.desktop.x11.Extensions.Xfixes;
import org.jspecify.annotations.Nullable;

/**
 * The selection CLIPBOARD as text: notices new owners, reads theirs, and owns it for the client's. INCR (ICCCM 2.7.2) both ways. For one thread.
 */
public final class XClipboard implements AutoCloseable {

    /** In bytes of UTF-8. */
    public static final int MAX_BYTES = 1 << 20;

    private static final int CHUNK = 64 << 10;
    private static final long PROPERTY_CHANGES = 1L << 22;
    private static final int INPUT_ONLY = 2;
    private static final int REPLACE = 0;
    private static final long ATOM = 4;
    private static final long STRING = 31;
    private static final int PROPERTY_DELETED = 1;
    private static final int MAX_TRANSFERS = 16;
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(3);
    private static final long CURRENT_TIME = 0;

    /** What happens on the clipboard. */
    public interface Listener {
        /** Another programme has put something there: {@link XClipboard#request} reads it. */
        void changed();

        /** What was asked for; at most {@link #MAX_BYTES}. */
        void text(String text);
    }

    private final XConnection connection;
    private final Listener listener;
    private final long window;
    private final long clipboard;
    private final long utf8;
    private final long targets;
    private final long incremental;
    private final long property;
    private final int selectionEvent;
    private final Map<Long, Transfer> transfers = new HashMap<>();
    private byte @Nullable [] owned;
    private @Nullable ByteArrayOutputStream incoming;
    private long incomingSince;

    /** Text that goes out in pieces. */
    private static final class Transfer {
        private final long property;
        private final long type;
        private final byte[] bytes;
        private final long began = System.nanoTime();
        private int sent;

        Transfer(long property, long type, byte[] bytes) {
            this.property = property;
            this.type = type;
            this.bytes = bytes;
        }
    }

    public XClipboard(String display, Listener listener) throws DisplayException {
        this.connection = XConnection.open(display);
        this.listener = listener;
        Memory attributes = new Memory(112);
        attributes.clear();
        window = Xlib.XCreateWindow(
                connection.display, connection.root, -10, -10, 1, 1, 0, 0, INPUT_ONLY, null, 0, attributes);
        Xlib.XSelectInput(connection.display, window, PROPERTY_CHANGES);
        clipboard = connection.atom("CLIPBOARD");
        utf8 = connection.atom("UTF8_STRING");
        targets = connection.atom("TARGETS");
        incremental = connection.atom("INCR");
        property = connection.atom("BASCULE_CLIPBOARD");
        IntByReference event = new IntByReference();
        if (!hasXfixes(event)) {
            connection.close();
            throw new DisplayException("unsupported", "The display lacks the extension XFIXES: there is no clipboard.");
        }
        selectionEvent = event.getValue();
        Xfixes.XFixesSelectSelectionInput(connection.display, window, clipboard, 1);
    }

    private boolean hasXfixes(IntByReference event) {
        try {
            return Xfixes.XFixesQueryExtension(connection.display, event, new IntByReference()) != 0;
        } catch (LinkageError e) {
            return false;
        }
    }

    /** Deals with what happens for so many milliseconds at most. */
    public void run(int millis) {
        if (connection.next(millis)) {
            do {
                handle();
            } while (connection.next(0));
        }
        long now = System.nanoTime();
        if (incoming != null && now - incomingSince > PATIENCE) {
            incoming = null;
        }
        transfers.values().removeIf(transfer -> now - transfer.began > PATIENCE * 4);
    }

    private void handle() {
        int type = connection.type();
        Memory event = connection.event;
        if (type == selectionEvent) {
            if (event.getLong(48) != window && event.getLong(48) != 0) {
                listener.changed();
            }
        } else if (type == Xlib.SELECTION_CLEAR) {
            owned = null;
        } else if (type == Xlib.SELECTION_REQUEST) {
            answer(event);
        } else if (type == Xlib.SELECTION_NOTIFY) {
            if (event.getLong(56) != 0) {
                arrived(false);
            }
        } else if (type == Xlib.PROPERTY_NOTIFY) {
            boolean deleted = event.getInt(56) == PROPERTY_DELETED;
            if (event.getLong(32) == window) {
                if (!deleted && incoming != null && event.getLong(40) == property) {
                    arrived(true);
                }
            } else if (deleted) {
                goOn(event.getLong(32), event.getLong(40));
            }
        }
    }

    /** Asks the present owner for its text. */
    public void request() {
        incoming = null;
        Xlib.XConvertSelection(connection.display, clipboard, utf8, property, window, CURRENT_TIME);
        Xlib.XFlush(connection.display);
    }

    private void arrived(boolean piece) {
        LongByReference type = new LongByReference();
        ByteArrayOutputStream part = new ByteArrayOutputStream();
        if (!read(type, part)) {
            return;
        }
        if (!piece && type.getValue() == incremental) {
            incoming = new ByteArrayOutputStream();
            incomingSince = System.nanoTime();
            return;
        }
        ByteArrayOutputStream whole = incoming;
        if (!piece || whole == null) {
            deliver(part);
        } else if (part.size() == 0) {
            incoming = null;
            deliver(whole);
        } else if (whole.size() + part.size() > MAX_BYTES) {
            incoming = null; // more than is carried
        } else {
            whole.write(part.toByteArray(), 0, part.size());
            incomingSince = System.nanoTime();
        }
    }

    private void deliver(ByteArrayOutputStream bytes) {
        if (bytes.size() <= MAX_BYTES) {
            listener.text(bytes.toString(StandardCharsets.UTF_8));
        }
    }

    /** The property's value, which is deleted with that. */
    private boolean read(LongByReference type, ByteArrayOutputStream into) {
        IntByReference format = new IntByReference();
        LongByReference count = new LongByReference();
        LongByReference left = new LongByReference();
        PointerByReference data = new PointerByReference();
        int result = Xlib.XGetWindowProperty(
                connection.display, window, property, 0, MAX_BYTES / 4 + 1, 1, 0, type, format, count, left, data);
        Pointer value = data.getValue();
        if (result != 0 || value == null) {
            return false;
        }
        if (left.getValue() != 0) {
            Xlib.XDeleteProperty(connection.display, window, property);
            Xlib.XFree(value);
            return false;
        }
        if (format.getValue() == 8) {
            byte[] bytes = value.getByteArray(0, (int) count.getValue());
            into.write(bytes, 0, bytes.length);
        }
        Xlib.XFree(value);
        return true;
    }

    /** Whether the text may be put on the clipboard. */
    public static boolean fits(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
    }

    /** Puts the text, which {@link #fits}, on the clipboard. */
    public void own(String text) {
        owned = text.getBytes(StandardCharsets.UTF_8);
        Xlib.XSetSelectionOwner(connection.display, clipboard, window, CURRENT_TIME);
        Xlib.XFlush(connection.display);
    }

    /** XSelectionRequestEvent: owner 32, requestor 40, selection 48, target 56, property 64, time 72. */
    private void answer(Memory event) {
        long requestor = event.getLong(40);
        long target = event.getLong(56);
        long into = event.getLong(64) == 0 ? target : event.getLong(64);
        byte[] text = owned;
        boolean given = false;
        if (text != null && event.getLong(48) == clipboard) {
            if (target == targets) {
                Memory atoms = new Memory(24);
                atoms.setLong(0, targets);
                atoms.setLong(8, utf8);
                atoms.setLong(16, STRING);
                Xlib.XChangeProperty(connection.display, requestor, into, ATOM, 32, REPLACE, atoms, 3);
                given = true;
            } else if (target == utf8 || target == STRING) {
                byte[] bytes = target == utf8
                        ? text
                        : new String(text, StandardCharsets.UTF_8).getBytes(StandardCharsets.ISO_8859_1);
                given = give(requestor, into, target, bytes);
            }
        }
        Memory notify = new Memory(192);
        notify.clear();
        notify.setInt(0, Xlib.SELECTION_NOTIFY);
        notify.setLong(32, requestor);
        notify.setLong(40, event.getLong(48));
        notify.setLong(48, target);
        notify.setLong(56, given ? into : 0);
        notify.setLong(64, event.getLong(72));
        Xlib.XSendEvent(connection.display, requestor, 0, 0, notify);
        Xlib.XFlush(connection.display);
    }

    private boolean give(long requestor, long into, long type, byte[] bytes) {
        if (bytes.length <= CHUNK) {
            change(requestor, into, type, bytes, 0, bytes.length);
            return true;
        }
        if (transfers.size() >= MAX_TRANSFERS) {
            return false;
        }
        Xlib.XSelectInput(connection.display, requestor, PROPERTY_CHANGES);
        Memory size = new Memory(8);
        size.setLong(0, bytes.length);
        Xlib.XChangeProperty(connection.display, requestor, into, incremental, 32, REPLACE, size, 1);
        transfers.put(requestor, new Transfer(into, type, bytes));
        return true;
    }

    /** The requestor has taken a piece. */
    private void goOn(long requestor, long deleted) {
        Transfer transfer = transfers.get(requestor);
        if (transfer == null || transfer.property != deleted) {
            return;
        }
        int length = Math.min(CHUNK, transfer.bytes.length - transfer.sent);
        change(requestor, deleted, transfer.type, transfer.bytes, transfer.sent, length);
        transfer.sent += length;
        if (length == 0) {
            transfers.remove(requestor);
            Xlib.XSelectInput(connection.display, requestor, 0);
        }
        Xlib.XFlush(connection.display);
    }

    private void change(long requestor, long into, long type, byte[] bytes, int offset, int length) {
        Memory data = new Memory(Math.max(1, length));
        data.write(0, bytes, offset, length);
        Xlib.XChangeProperty(connection.display, requestor, into, type, 8, REPLACE, data, length);
    }

    @Override
    public void close() {
        connection.close();
    }
}
