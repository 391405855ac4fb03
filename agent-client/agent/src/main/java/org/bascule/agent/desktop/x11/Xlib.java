package org.bascule.agent.desktop.x11;

import com.sun.jna.Callback;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import org.jspecify.annotations.Nullable;

/** libX11 on 64-bit Linux: {@code unsigned long}, XIDs and atoms are {@code long}. */
final class Xlib {

    static final int KEY_PRESS = 2;
    static final int BUTTON_PRESS = 4;
    static final int EXPOSE = 12;
    static final int VISIBILITY_NOTIFY = 15;
    static final int PROPERTY_NOTIFY = 28;
    static final int SELECTION_CLEAR = 29;
    static final int SELECTION_REQUEST = 30;
    static final int SELECTION_NOTIFY = 31;
    static final int MAPPING_NOTIFY = 34;
    static final int GENERIC_EVENT = 35;
    static final int Z_PIXMAP = 2;
    static final long ALL_PLANES = -1;

    static {
        Native.register(Xlib.class, "libX11.so.6");
    }

    private Xlib() {}

    /** Takes note of an error instead of ending the process. */
    interface ErrorHandler extends Callback {
        int error(Pointer display, Pointer event);
    }

    /** Told that a connection is gone; must not return. */
    interface ConnectionGone extends Callback {
        int gone(Pointer display);
    }

    static native int XInitThreads();

    static native @Nullable Pointer XSetIOErrorHandler(ConnectionGone handler);

    static native @Nullable Pointer XOpenDisplay(String name);

    static native int XCloseDisplay(Pointer display);

    static native @Nullable Pointer XSetErrorHandler(ErrorHandler handler);

    static native int XDefaultScreen(Pointer display);

    static native long XRootWindow(Pointer display, int screen);

    static native int XDisplayWidth(Pointer display, int screen);

    static native int XDisplayHeight(Pointer display, int screen);

    static native Pointer XDefaultVisual(Pointer display, int screen);

    static native int XDefaultDepth(Pointer display, int screen);

    static native long XDefaultColormap(Pointer display, int screen);

    static native int XSync(Pointer display, int discard);

    static native int XFlush(Pointer display);

    static native int XPending(Pointer display);

    static native int XNextEvent(Pointer display, Pointer event);

    static native int XGetEventData(Pointer display, Pointer event);

    static native void XFreeEventData(Pointer display, Pointer event);

    static native int XConnectionNumber(Pointer display);

    static native int XFree(Pointer data);

    static native @Nullable Pointer XCreateImage(
            Pointer display,
            Pointer visual,
            int depth,
            int format,
            int offset,
            Pointer data,
            int width,
            int height,
            int bitmapPad,
            int bytesPerLine);

    static native @Nullable Pointer XGetSubImage(
            Pointer display,
            long drawable,
            int x,
            int y,
            int width,
            int height,
            long planes,
            int format,
            Pointer image,
            int targetX,
            int targetY);

    static native int XPutImage(
            Pointer display,
            long drawable,
            Pointer context,
            Pointer image,
            int sourceX,
            int sourceY,
            int x,
            int y,
            int width,
            int height);

    static native int XQueryPointer(
            Pointer display,
            long window,
            LongByReference root,
            LongByReference child,
            IntByReference rootX,
            IntByReference rootY,
            IntByReference windowX,
            IntByReference windowY,
            IntByReference mask);

    static native long XInternAtom(Pointer display, String name, int onlyIfExists);

    static native @Nullable Pointer XGetAtomName(Pointer display, long atom);

    // ---- keyboard ----

    static native byte XKeysymToKeycode(Pointer display, long keysym);

    static native int XDisplayKeycodes(Pointer display, IntByReference least, IntByReference most);

    static native @Nullable Pointer XGetKeyboardMapping(
            Pointer display, byte first, int count, IntByReference perKeycode);

    static native int XChangeKeyboardMapping(Pointer display, int first, int perKeycode, Pointer keysyms, int count);

    static native int XRefreshKeyboardMapping(Pointer event);

    static native int XQueryKeymap(Pointer display, byte[] keys);

    static native int XkbGetState(Pointer display, int device, Pointer state);

    static native int XkbLookupKeySym(
            Pointer display, byte keycode, int modifiers, IntByReference consumed, LongByReference keysym);

    // ---- windows and selections ----

    static native long XCreateWindow(
            Pointer display,
            long parent,
            int x,
            int y,
            int width,
            int height,
            int border,
            int depth,
            int inputClass,
            @Nullable Pointer visual,
            long valueMask,
            Pointer attributes);

    static native int XDestroyWindow(Pointer display, long window);

    static native int XMapRaised(Pointer display, long window);

    static native int XRaiseWindow(Pointer display, long window);

    static native int XMoveResizeWindow(Pointer display, long window, int x, int y, int width, int height);

    static native int XSelectInput(Pointer display, long window, long mask);

    static native Pointer XCreateGC(Pointer display, long drawable, long mask, @Nullable Pointer values);

    static native int XSetSelectionOwner(Pointer display, long selection, long owner, long time);

    static native long XGetSelectionOwner(Pointer display, long selection);

    static native int XConvertSelection(
            Pointer display, long selection, long target, long property, long requestor, long time);

    static native int XChangeProperty(
            Pointer display,
            long window,
            long property,
            long type,
            int format,
            int mode,
            @Nullable Pointer data,
            int count);

    static native int XDeleteProperty(Pointer display, long window, long property);

    static native int XGetWindowProperty(
            Pointer display,
            long window,
            long property,
            long offset,
            long length,
            int delete,
            long requiredType,
            LongByReference type,
            IntByReference format,
            LongByReference count,
            LongByReference left,
            PointerByReference data);

    static native int XSendEvent(Pointer display, long window, int propagate, long mask, Pointer event);

    static native int XQueryExtension(
            Pointer display, String name, IntByReference opcode, IntByReference event, IntByReference error);
}
