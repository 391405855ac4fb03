package org.bascule.agent.desktop.x11;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * A window that fills the display and draws without a toolkit, for measurements: what it draws is there with one request. Started with width and height; takes orders, one a line, and says
 * {@code done}:
 *
 * <pre>fill RRGGBB | film seconds | flip</pre>
 *
 * A film has 30 pictures a second in the middle quarter, of many colours with a little grain, and its number in 24 cells of 16 pixels at the top left. After {@code flip} a press changes the square
 * of 64 pixels at 0, 64 between red and blue.
 */
public final class Scene {

    private static final int PICTURES = 12;
    private static final long FRAME = TimeUnit.MILLISECONDS.toNanos(1_000) / 30;
    private static final int CELL = 16;
    private static final int CELLS = 24;
    private static final int SQUARE = 64;
    private static final int RED = 0xff0000;
    private static final int BLUE = 0x0000ff;
    private static final long PRESS_AND_EXPOSURE = 1 << 2 | 1 << 15;
    private static final long OVERRIDE_REDIRECT = 1 << 9;
    /** Of XSetWindowAttributes. */
    private static final int OVERRIDE_AT = 88;

    /** What an agent does not need of libX11. */
    private static final class Drawing {
        static {
            Native.register(Drawing.class, "libX11.so.6");
        }

        private Drawing() {}

        static native int XSetForeground(Pointer display, Pointer context, long colour);

        static native int XFillRectangle(
                Pointer display, long drawable, Pointer context, int x, int y, int width, int height);

        static native long XCreatePixmap(Pointer display, long drawable, int width, int height, int depth);

        static native int XCopyArea(
                Pointer display,
                long source,
                long target,
                Pointer context,
                int sourceX,
                int sourceY,
                int width,
                int height,
                int x,
                int y);
    }

    private final XConnection connection;
    private final int width;
    private final int height;
    private final long window;
    private final Pointer context;
    private final long[] pictures = new long[PICTURES];
    private final Queue<String> orders = new ConcurrentLinkedQueue<>();
    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private int square = -1;
    private int shown;
    private int left;
    private long next;

    private Scene(int width, int height) throws DisplayException {
        this.connection = XConnection.open(System.getenv("DISPLAY"));
        this.width = width;
        this.height = height;
        Memory attributes = new Memory(112);
        attributes.clear();
        attributes.setInt(OVERRIDE_AT, 1);
        window = Xlib.XCreateWindow(
                connection.display, connection.root, 0, 0, width, height, 0, 0, 1, null, OVERRIDE_REDIRECT, attributes);
        Xlib.XSelectInput(connection.display, window, PRESS_AND_EXPOSURE);
        Xlib.XMapRaised(connection.display, window);
        context = Xlib.XCreateGC(connection.display, window, 0, null);
    }

    public static void main(String[] arguments) throws Exception {
        Scene scene = new Scene(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
        scene.upload();
        scene.fill(0xe8e8e8, 0, 0, scene.width, scene.height);
        Thread reader = new Thread(scene::read, "orders");
        reader.setDaemon(true);
        reader.start();
        scene.out.println("ready");
        scene.run();
    }

    /** Until no more can come. */
    private void read() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                orders.add(line);
            }
        } catch (IOException e) {
            out.println(e);
        }
        System.exit(0);
    }

    private void upload() {
        int wide = width / 2;
        int high = height / 2;
        try (Memory pixels = new Memory((long) wide * high * 4)) {
            int depth = Xlib.XDefaultDepth(connection.display, connection.screen);
            Pointer image = Objects.requireNonNull(Xlib.XCreateImage(
                    connection.display,
                    Xlib.XDefaultVisual(connection.display, connection.screen),
                    depth,
                    Xlib.Z_PIXMAP,
                    0,
                    pixels,
                    wide,
                    high,
                    32,
                    0));
            for (int k = 0; k < PICTURES; k++) {
                picture(pixels, wide, high, k * 2 * Math.PI / PICTURES);
                pictures[k] = Drawing.XCreatePixmap(connection.display, window, wide, high, depth);
                Xlib.XPutImage(connection.display, pictures[k], context, image, 0, 0, 0, 0, wide, high);
            }
            Xlib.XSync(connection.display, 0);
            Xlib.XFree(image);
        }
    }

    private static void picture(Memory pixels, int wide, int high, double phase) {
        int[] row = new int[wide];
        for (int y = 0; y < high; y++) {
            for (int x = 0; x < wide; x++) {
                double wave = Math.sin(x * .03 + phase) + Math.sin(y * .05 - phase);
                double other = Math.cos(x * .02 - y * .04 + phase);
                int grain = ((x * 0x9e3779b1 ^ y * 0x85ebca6b) * 0xc2b2ae35) >>> 28;
                row[x] = (int) (112 + 50 * wave + grain) << 16
                        | (int) (112 + 90 * other + grain) << 8
                        | (int) (112 + 50 * Math.sin(wave * 2) + grain);
            }
            pixels.write((long) y * wide * 4, row, 0, wide);
        }
    }

    private void fill(int colour, int x, int y, int wide, int high) {
        Drawing.XSetForeground(connection.display, context, colour);
        Drawing.XFillRectangle(connection.display, window, context, x, y, wide, high);
        Xlib.XFlush(connection.display);
    }

    private void run() {
        while (true) {
            long wait = left > 0 ? TimeUnit.NANOSECONDS.toMillis(next - System.nanoTime()) : CELL;
            if (connection.next((int) Math.max(0, Math.min(CELL, wait)))
                    && connection.type() == Xlib.BUTTON_PRESS
                    && square >= 0) {
                square = square == RED ? BLUE : RED;
                fill(square, 0, SQUARE, SQUARE, SQUARE);
            }
            if (left > 0 && System.nanoTime() >= next) {
                show();
            }
            for (String order = orders.poll(); order != null; order = orders.poll()) {
                follow(order.split(" ", -1));
                out.println("done");
            }
        }
    }

    private void follow(String[] order) {
        switch (order[0]) {
            case "fill" -> fill(Integer.parseInt(order[1], 16), 0, 0, width, height);
            case "film" -> {
                left = Integer.parseInt(order[1]) * 30;
                next = System.nanoTime();
            }
            case "flip" -> {
                square = RED;
                fill(square, 0, SQUARE, SQUARE, SQUARE);
            }
            default -> throw new IllegalArgumentException(order[0]);
        }
    }

    private void show() {
        left--;
        shown++;
        next = Math.max(next + FRAME, System.nanoTime());
        Drawing.XCopyArea(
                connection.display,
                pictures[shown % PICTURES],
                window,
                context,
                0,
                0,
                width / 2,
                height / 2,
                width / 4,
                height / 4);
        for (int cell = 0; cell < CELLS; cell++) {
            Drawing.XSetForeground(connection.display, context, (shown >> cell & 1) != 0 ? 0xffffff : 0);
            Drawing.XFillRectangle(connection.display, window, context, cell * CELL, 0, CELL, CELL);
        }
        Xlib.XFlush(connection.display);
    }
}
