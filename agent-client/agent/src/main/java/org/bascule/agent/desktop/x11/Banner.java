package org.bascule.agent.desktop.x11;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.awt.image.BufferedImage;
import java.util.Optional;
import org.bascule.agent.desktop.rfb.DesktopScreen;
import org.bascule.agent.desktop.x11.Extensions.Xext;

/**
 * A strip at the top of the display, over everything else, that takes no input but on its button. For one thread.
 */
public final class Banner implements AutoCloseable {

    private static final int INPUT_OUTPUT = 1;
    private static final long OVERRIDE_REDIRECT = 1L << 9;
    private static final long EVENT_MASK = 1L << 11;
    private static final long BUTTON_PRESSES = 1L << 2;
    private static final long VISIBILITY = 1L << 16;
    private static final long EXPOSURE = 1L << 15;
    private static final int SHAPE_INPUT = 2;
    private static final int RAISE_AGAIN_MILLIS = 200;

    private final XConnection connection;
    private final long window;
    private final Pointer context;
    private Memory pixels = new Memory(4);
    private Optional<Pointer> image = Optional.empty();
    private int width;
    private int height;
    private int row;
    private int x;
    private int y;
    private boolean covered;
    private long raised;

    public Banner(String display) throws DisplayException {
        connection = XConnection.open(display);
        Memory attributes = new Memory(112);
        attributes.clear();
        // XSetWindowAttributes: event_mask 72, override_redirect 88
        attributes.setLong(72, BUTTON_PRESSES | VISIBILITY | EXPOSURE);
        attributes.setInt(88, 1);
        window = Xlib.XCreateWindow(
                connection.display,
                connection.root,
                0,
                0,
                1,
                1,
                0,
                0,
                INPUT_OUTPUT,
                null,
                OVERRIDE_REDIRECT | EVENT_MASK,
                attributes);
        context = Xlib.XCreateGC(connection.display, window, 0, null);
    }

    /**
     * Shows the picture in the middle of the top edge of the first monitor.
     *
     * @param buttonX where the button begins, from the left
     * @param row how many such strips it leaves room for above it
     */
    public void show(BufferedImage picture, int buttonX, int buttonWidth, int row) {
        width = picture.getWidth();
        height = picture.getHeight();
        Memory data = new Memory((long) width * height * 4);
        int[] rgb = picture.getRGB(0, 0, width, height, null, 0, width);
        data.write(0, rgb, 0, rgb.length);
        image.ifPresent(Xlib::XFree);
        pixels.close();
        pixels = data;
        image = Optional.ofNullable(Xlib.XCreateImage(
                connection.display,
                Xlib.XDefaultVisual(connection.display, connection.screen),
                Xlib.XDefaultDepth(connection.display, connection.screen),
                Xlib.Z_PIXMAP,
                0,
                data,
                width,
                height,
                32,
                width * 4));
        this.row = row;
        findPlace();
        Xlib.XMoveResizeWindow(connection.display, window, x, y, width, height);
        Memory area = new Memory(8);
        area.setShort(0, (short) buttonX);
        area.setShort(2, (short) 0);
        area.setShort(4, (short) buttonWidth);
        area.setShort(6, (short) height);
        Xext.XShapeCombineRectangles(connection.display, window, SHAPE_INPUT, 0, 0, area, 1, 0, 0);
        Xlib.XMapRaised(connection.display, window);
        draw();
    }

    /** What was shown is on the display on return. */
    public void sync() {
        Xlib.XSync(connection.display, 0);
    }

    /** Moves to where it belongs if the monitors have changed. */
    public void place() {
        int beforeX = x;
        int beforeY = y;
        findPlace();
        if (x != beforeX || y != beforeY) {
            Xlib.XMoveResizeWindow(connection.display, window, x, y, width, height);
            Xlib.XRaiseWindow(connection.display, window);
            draw();
        }
    }

    /** Never with its left edge outside; without RandR in the middle of the whole. */
    private void findPlace() {
        DesktopScreen monitor = Monitors.of(connection).stream()
                .filter(one -> one.width() > 0)
                .findFirst()
                .orElseGet(() ->
                        new DesktopScreen("", "", 0, 0, Xlib.XDisplayWidth(connection.display, connection.screen), 0));
        x = monitor.x() + Math.max(0, (monitor.width() - width) / 2);
        y = monitor.y() + row * height;
    }

    private void draw() {
        image.ifPresent(
                picture -> Xlib.XPutImage(connection.display, window, context, picture, 0, 0, 0, 0, width, height));
        Xlib.XFlush(connection.display);
    }

    /** Stays visible for so many milliseconds; true if the button was pressed. */
    public boolean run(int millis) {
        boolean pressed = false;
        if (connection.next(millis)) {
            do {
                int type = connection.type();
                if (type == Xlib.EXPOSE) {
                    draw();
                } else if (type == Xlib.BUTTON_PRESS) {
                    pressed = true;
                } else if (type == Xlib.VISIBILITY_NOTIFY) {
                    covered = connection.event.getInt(40) != 0;
                }
            } while (connection.next(0));
        }
        if (covered) {
            raise();
        }
        return pressed;
    }

    /** Not in a race with another programme that does the same. */
    private void raise() {
        long now = System.nanoTime() / 1_000_000;
        if (now - raised > RAISE_AGAIN_MILLIS) {
            raised = now;
            Xlib.XRaiseWindow(connection.display, window);
            Xlib.XFlush(connection.display);
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
