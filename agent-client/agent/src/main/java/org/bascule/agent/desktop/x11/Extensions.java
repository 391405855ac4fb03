package org.bascule.agent.desktop.x11;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import org.jspecify.annotations.Nullable;

/** The X extensions, each with its library, so that one that is missing does not take the others along. */
final class Extensions {

    private Extensions() {}

    /** MIT-SHM and Shape. */
    static final class Xext {
        static {
            Native.register(Xext.class, "libXext.so.6");
        }

        private Xext() {}

        static native int XShmQueryExtension(Pointer display);

        static native @Nullable Pointer XShmCreateImage(
                Pointer display,
                Pointer visual,
                int depth,
                int format,
                @Nullable Pointer data,
                Pointer segment,
                int width,
                int height);

        static native int XShmAttach(Pointer display, Pointer segment);

        static native int XShmDetach(Pointer display, Pointer segment);

        static native int XShmGetImage(Pointer display, long drawable, Pointer image, int x, int y, long planes);

        /** @param kind 0 bounding, 2 input */
        static native void XShapeCombineRectangles(
                Pointer display,
                long window,
                int kind,
                int x,
                int y,
                Pointer rectangles,
                int count,
                int operation,
                int ordering);
    }

    /** XDamage. */
    static final class Xdamage {
        static {
            Native.register(Xdamage.class, "libXdamage.so.1");
        }

        private Xdamage() {}

        static native int XDamageQueryExtension(Pointer display, IntByReference event, IntByReference error);

        static native long XDamageCreate(Pointer display, long drawable, int level);

        static native void XDamageSubtract(Pointer display, long damage, long repair, long parts);
    }

    /** XFixes. */
    static final class Xfixes {
        static {
            Native.register(Xfixes.class, "libXfixes.so.3");
        }

        private Xfixes() {}

        static native int XFixesQueryExtension(Pointer display, IntByReference event, IntByReference error);

        static native void XFixesSelectCursorInput(Pointer display, long window, long mask);

        static native @Nullable Pointer XFixesGetCursorImage(Pointer display);

        static native void XFixesSelectSelectionInput(Pointer display, long window, long selection, long mask);
    }

    /** XTEST. */
    static final class Xtst {
        static {
            Native.register(Xtst.class, "libXtst.so.6");
        }

        private Xtst() {}

        static native int XTestQueryExtension(
                Pointer display,
                IntByReference event,
                IntByReference error,
                IntByReference major,
                IntByReference minor);

        static native int XTestFakeMotionEvent(Pointer display, int screen, int x, int y, long delay);

        static native int XTestFakeButtonEvent(Pointer display, int button, int press, long delay);

        static native int XTestFakeKeyEvent(Pointer display, int keycode, int press, long delay);

        /** Goes on even while another client holds the server. */
        static native int XTestGrabControl(Pointer display, int impervious);
    }

    /** RandR 1.5. */
    static final class Xrandr {
        static {
            Native.register(Xrandr.class, "libXrandr.so.2");
        }

        private Xrandr() {}

        static native int XRRQueryExtension(Pointer display, IntByReference event, IntByReference error);

        static native void XRRSelectInput(Pointer display, long window, int mask);

        static native int XRRUpdateConfiguration(Pointer event);

        static native @Nullable Pointer XRRGetMonitors(Pointer display, long window, int active, IntByReference count);

        static native void XRRFreeMonitors(Pointer monitors);
    }

    /** System V shared memory and poll. */
    static final class C {
        static {
            Native.register(C.class, "c");
        }

        private C() {}

        static native int shmget(int key, long size, int flags);

        static native Pointer shmat(int id, @Nullable Pointer address, int flags);

        static native int shmdt(Pointer address);

        static native int shmctl(int id, int command, @Nullable Pointer buffer);

        static native int poll(Pointer descriptors, long count, int millis);

        /** Ends the process at once, without what was registered for its end. */
        static native void _exit(int code);
    }
}
