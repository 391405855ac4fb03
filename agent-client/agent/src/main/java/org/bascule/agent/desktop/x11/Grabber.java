package org.bascule.agent.desktop.x11;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.ByteOrder;
import org.bascule.agent.desktop.rfb.Frame;
import org.bascule.agent.desktop.x11.Extensions.C;
import org.bascule.agent.desktop.x11.Extensions.Xext;

/** Takes a rectangle of the screen: through shared memory, or through the connection where the server cannot. */
final class Grabber implements AutoCloseable {

    private static final int DATA = 16;
    private static final int BYTES_PER_LINE = 44;
    private static final int BITS_PER_PIXEL = 48;
    private static final int RED_MASK = 56;
    private static final int IPC_CREAT = 01000;
    private static final int IPC_RMID = 0;
    private static final int FAILED = -1;

    private final XConnection connection;
    private final int x;
    private final int y;
    private final boolean shared;
    private final Memory segment = new Memory(32);
    private final Pointer image;
    private final Pointer pixels;
    private final Memory own;
    final Frame frame;

    Grabber(XConnection connection, int x, int y, int width, int height) throws DisplayException {
        this.connection = connection;
        this.x = x;
        this.y = y;
        segment.clear();
        Memory none = new Memory(8);
        Pointer sharedImage = share(width, height);
        shared = sharedImage != null;
        if (sharedImage != null) {
            image = sharedImage;
            pixels = image.getPointer(DATA);
            own = none;
        } else {
            own = new Memory((long) width * height * 4);
            image = plain(width, height);
            pixels = own;
        }
        if (image.getInt(BITS_PER_PIXEL) != 32 || image.getLong(RED_MASK) != 0xff0000) {
            throw new DisplayException(
                    "unsupported", "The display has another colour depth than 24 bits; set it to 24 bits.");
        }
        int stride = image.getInt(BYTES_PER_LINE);
        frame = new Frame(
                pixels.getByteBuffer(0, (long) stride * height).order(ByteOrder.LITTLE_ENDIAN), width, height, stride);
    }

    private @org.jspecify.annotations.Nullable Pointer share(int width, int height) {
        if (Xext.XShmQueryExtension(connection.display) == 0) {
            return null;
        }
        Pointer made = Xext.XShmCreateImage(
                connection.display,
                Xlib.XDefaultVisual(connection.display, connection.screen),
                Xlib.XDefaultDepth(connection.display, connection.screen),
                Xlib.Z_PIXMAP,
                null,
                segment,
                width,
                height);
        if (made == null) {
            return null;
        }
        int id = C.shmget(0, (long) made.getInt(BYTES_PER_LINE) * height, IPC_CREAT | 0600);
        if (id == FAILED) {
            return null;
        }
        Pointer memory = C.shmat(id, null, 0);
        if (Pointer.nativeValue(memory) == FAILED) {
            C.shmctl(id, IPC_RMID, null);
            return null;
        }
        segment.setInt(8, id);
        segment.setPointer(16, memory);
        made.setPointer(DATA, memory);
        int before = XConnection.errors();
        Xext.XShmAttach(connection.display, segment);
        Xlib.XSync(connection.display, 0);
        // it goes with the last process that has it
        C.shmctl(id, IPC_RMID, null);
        if (XConnection.errors() != before) {
            C.shmdt(memory);
            return null;
        }
        return made;
    }

    private Pointer plain(int width, int height) throws DisplayException {
        Pointer made = Xlib.XCreateImage(
                connection.display,
                Xlib.XDefaultVisual(connection.display, connection.screen),
                Xlib.XDefaultDepth(connection.display, connection.screen),
                Xlib.Z_PIXMAP,
                0,
                own,
                width,
                height,
                32,
                width * 4);
        if (made == null) {
            throw new DisplayException("failed", "The display's picture cannot be taken.");
        }
        return made;
    }

    /** False if the rectangle is not on the screen any more. */
    boolean grab() {
        int before = XConnection.errors();
        if (shared) {
            Xext.XShmGetImage(connection.display, connection.root, image, x, y, Xlib.ALL_PLANES);
        } else {
            Xlib.XGetSubImage(
                    connection.display,
                    connection.root,
                    x,
                    y,
                    frame.width(),
                    frame.height(),
                    Xlib.ALL_PLANES,
                    Xlib.Z_PIXMAP,
                    image,
                    0,
                    0);
        }
        return XConnection.errors() == before;
    }

    boolean covers(int left, int top, int width, int height) {
        return x == left && y == top && frame.width() == width && frame.height() == height;
    }

    @Override
    public void close() {
        if (shared) {
            Xext.XShmDetach(connection.display, segment);
            Xlib.XSync(connection.display, 0);
            C.shmdt(pixels);
        }
        Xlib.XFree(image);
        own.close();
    }
}
