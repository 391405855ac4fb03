package org.bascule.agent.desktop.x11;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.concurrent.atomic.AtomicInteger;
import org.bascule.agent.desktop.x11.Extensions.C;

/** One connection to the X server, for one thread. That the server goes away ends the process with {@link #GONE}. */
final class XConnection implements AutoCloseable {

    /** Exit code of a process whose X server went away. */
    static final int GONE = 1;

    private static final AtomicInteger ERRORS = new AtomicInteger();
    /** Kept from the garbage collector. */
    private static final Xlib.ErrorHandler HANDLER = (display, event) -> {
        ERRORS.incrementAndGet();
        return 0;
    };
    /** At once: Xlib's own way takes libraries down while other threads are in them. */
    private static final Xlib.ConnectionGone CONNECTION_GONE = display -> {
        C._exit(GONE);
        return 0;
    };

    static {
        Xlib.XInitThreads();
        Xlib.XSetErrorHandler(HANDLER);
        Xlib.XSetIOErrorHandler(CONNECTION_GONE);
    }

    final Pointer display;
    final int screen;
    final long root;
    final Memory event = new Memory(192);
    private final Memory descriptor = new Memory(8);

    private XConnection(Pointer display) {
        this.display = display;
        this.screen = Xlib.XDefaultScreen(display);
        this.root = Xlib.XRootWindow(display, screen);
        descriptor.setInt(0, Xlib.XConnectionNumber(display));
        descriptor.setShort(4, (short) 1);
    }

    static XConnection open(String name) throws DisplayException {
        Pointer display = Xlib.XOpenDisplay(name);
        if (display == null) {
            throw new DisplayException(
                    "denied",
                    "The display " + name
                            + " does not let this account in. Sign in at the device with the account whose display it is, or name that account in the device's policy.");
        }
        return new XConnection(display);
    }

    /** The next event in {@link #event}; false if none comes within so many milliseconds. */
    boolean next(int millis) {
        if (Xlib.XPending(display) == 0) {
            if (millis <= 0) {
                return false;
            }
            descriptor.setShort(6, (short) 0);
            C.poll(descriptor, 1, millis);
            if (Xlib.XPending(display) == 0) {
                return false;
            }
        }
        Xlib.XNextEvent(display, event);
        return true;
    }

    /** Type of the event that {@link #next} took, without the bit of those that clients send. */
    int type() {
        return event.getInt(0) & 0x7f;
    }

    long atom(String name) {
        return Xlib.XInternAtom(display, name, 0);
    }

    /** Errors of all connections so far. */
    static int errors() {
        return ERRORS.get();
    }

    @Override
    public void close() {
        Xlib.XCloseDisplay(display);
    }
}
