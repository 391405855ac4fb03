package org.bascule.agent.desktop.x11;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.bascule.agent.desktop.rfb.CursorImage;
import org.bascule.agent.desktop.rfb.DesktopScreen;
import org.bascule.agent.desktop.rfb.Frame;
import org.bascule.agent.desktop.rfb.PictureSource;
import org.bascule.agent.desktop.x11.Extensions.Xdamage;
import org.bascule.agent.desktop.x11.Extensions.Xfixes;
import org.bascule.agent.desktop.x11.Extensions.Xrandr;
import org.jspecify.annotations.Nullable;

/** Pictures of an X display: MIT-SHM takes them, XDamage says when, XFixes has the pointer's shape and RandR the monitors. */
public final class XPictures implements PictureSource {

    private static final int DAMAGE_NON_EMPTY = 3;
    private static final int MAX_CURSOR = 512;
    private static final int POLLED_MILLIS = 15;
    private static final int NONE = -1;

    private final XConnection connection;
    private final Consumer<List<DesktopScreen>> onScreens;
    private final int firstX;
    private final int firstY;
    private final LongByReference window = new LongByReference();
    private final LongByReference child = new LongByReference();
    private final IntByReference pointerX = new IntByReference();
    private final IntByReference pointerY = new IntByReference();
    private final IntByReference ignored = new IntByReference();
    private int damageEvent = NONE;
    private long damage;
    private int cursorEvent = NONE;
    private int screenEvent = NONE;
    private boolean cursorChanged = true;
    private boolean pointerShown;
    private int shownX = -1;
    private int shownY = -1;
    private @Nullable CursorImage shape;
    private @Nullable Grabber grabber;
    private List<DesktopScreen> screens = List.of();
    private volatile String chosen;
    private volatile int originX;
    private volatile int originY;
    private volatile boolean rearrange = true;
    private volatile boolean viewing;

    /**
     * @param display as {@code DISPLAY} has it
     * @param screen id of the monitor to show; empty for all
     * @param onScreens is told the monitors at first and when they change
     */
    public XPictures(String display, String screen, Consumer<List<DesktopScreen>> onScreens) throws DisplayException {
        this.connection = XConnection.open(display);
        this.chosen = screen;
        this.onScreens = onScreens;
        select();
        pointerMoved();
        firstX = pointerX.getValue();
        firstY = pointerY.getValue();
    }

    private void select() {
        IntByReference event = new IntByReference();
        IntByReference error = new IntByReference();
        try {
            if (Xdamage.XDamageQueryExtension(connection.display, event, error) != 0) {
                damageEvent = event.getValue();
                damage = Xdamage.XDamageCreate(connection.display, connection.root, DAMAGE_NON_EMPTY);
            }
        } catch (LinkageError e) {
            damageEvent = NONE; // then it is looked at again and again
        }
        try {
            if (Xfixes.XFixesQueryExtension(connection.display, event, error) != 0) {
                cursorEvent = event.getValue() + 1;
                Xfixes.XFixesSelectCursorInput(connection.display, connection.root, 1);
            }
        } catch (LinkageError e) {
            cursorEvent = NONE;
        }
        try {
            if (Xrandr.XRRQueryExtension(connection.display, event, error) != 0) {
                screenEvent = event.getValue();
                Xrandr.XRRSelectInput(connection.display, connection.root, 7);
            }
        } catch (LinkageError e) {
            screenEvent = NONE;
        }
    }

    /** Shows another monitor; empty for all. From any thread. */
    public void choose(String screen) {
        chosen = screen;
        rearrange = true;
    }

    /** Somebody only looks: then the pointer is part of the picture, because the client's own is elsewhere. From any thread. */
    public void viewing(boolean now) {
        viewing = now;
    }

    /** Where the picture lies on the display. From any thread. */
    public int originX() {
        return originX;
    }

    public int originY() {
        return originY;
    }

    @Override
    public boolean awaitChange(int millis) {
        boolean changed = damageEvent == NONE || rearrange;
        int wait = damageEvent == NONE ? Math.min(millis, POLLED_MILLIS) : changed ? 0 : millis;
        boolean damaged = false;
        while (connection.next(changed || damaged ? 0 : wait)) {
            int type = connection.type();
            if (type == damageEvent) {
                damaged = true;
            } else if (type == cursorEvent) {
                cursorChanged = true;
                changed = true;
            } else if (type == screenEvent || type == screenEvent + 1) {
                Xrandr.XRRUpdateConfiguration(connection.event);
                rearrange = true;
                changed = true;
            }
        }
        if (damaged) {
            Xdamage.XDamageSubtract(connection.display, damage, 0, 0);
        }
        return changed || damaged || (pointerShown && pointerMoved());
    }

    private boolean pointerMoved() {
        Xlib.XQueryPointer(
                connection.display, connection.root, window, child, pointerX, pointerY, ignored, ignored, ignored);
        return pointerX.getValue() != shownX || pointerY.getValue() != shownY;
    }

    @Override
    public Frame grab() throws IOException {
        for (int attempt = 0; attempt < 5; attempt++) {
            Grabber current = arrange();
            if (current.grab()) {
                if (pointerShown) {
                    drawPointer(current.frame);
                }
                return current.frame;
            }
            rearrange = true; // it has another size already
        }
        throw new DisplayException("failed", "The display's picture cannot be taken.");
    }

    private Grabber arrange() throws DisplayException {
        Grabber current = grabber;
        if (current != null && !rearrange) {
            return current;
        }
        rearrange = false;
        List<DesktopScreen> now = Monitors.of(connection);
        int width = Xlib.XDisplayWidth(connection.display, connection.screen);
        int height = Xlib.XDisplayHeight(connection.display, connection.screen);
        DesktopScreen area = now.stream()
                .filter(screen -> screen.id().equals(chosen) && isInside(screen, width, height))
                .findFirst()
                .orElse(new DesktopScreen("", "", 0, 0, width, height));
        if (current == null || !now.equals(screens)) {
            screens = now;
            onScreens.accept(now);
        }
        if (current == null || !current.covers(area.x(), area.y(), area.width(), area.height())) {
            if (current != null) {
                grabber = null;
                current.close();
            }
            current = new Grabber(connection, area.x(), area.y(), area.width(), area.height());
            grabber = current;
            originX = area.x();
            originY = area.y();
        }
        return current;
    }

    private static boolean isInside(DesktopScreen screen, int width, int height) {
        return screen.x() >= 0
                && screen.y() >= 0
                && screen.width() > 0
                && screen.height() > 0
                && screen.x() + screen.width() <= width
                && screen.y() + screen.height() <= height;
    }

    @Override
    public @Nullable CursorImage takeCursor() {
        return viewing ? null : changedCursor();
    }

    private @Nullable CursorImage changedCursor() {
        if (!cursorChanged || cursorEvent == NONE) {
            return null;
        }
        cursorChanged = false;
        CursorImage now = cursor();
        if (now != null) {
            shape = now;
        }
        return now;
    }

    private @Nullable CursorImage cursor() {
        Pointer image = Xfixes.XFixesGetCursorImage(connection.display);
        if (image == null) {
            return null;
        }
        int width = image.getShort(4) & 0xffff;
        int height = image.getShort(6) & 0xffff;
        CursorImage cursor = null;
        if (width <= MAX_CURSOR && height <= MAX_CURSOR) {
            long[] longs = image.getPointer(24).getLongArray(0, width * height);
            int[] pixels = new int[longs.length];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = (int) longs[i];
            }
            cursor = new CursorImage(pixels, width, height, image.getShort(8) & 0xffff, image.getShort(10) & 0xffff);
        }
        Xlib.XFree(image);
        return cursor;
    }

    @Override
    public void showPointer(boolean wanted) {
        boolean shown = wanted || viewing;
        if (pointerShown != shown) {
            pointerShown = shown;
            cursorChanged = true;
            shownX = -1;
            rearrange = true; // what was drawn into the picture has to go
        }
    }

    /** Over the copy of the screen; the next grab takes it away. One that has not moved since the beginning is nobody's and only in the way. */
    private void drawPointer(Frame frame) {
        pointerMoved();
        shownX = pointerX.getValue();
        shownY = pointerY.getValue();
        changedCursor();
        CursorImage cursor = shape;
        if (cursor == null || (shownX == firstX && shownY == firstY)) {
            return;
        }
        ByteBuffer pixels = frame.pixels();
        int left = shownX - originX - cursor.hotX();
        int top = shownY - originY - cursor.hotY();
        for (int row = 0; row < cursor.height(); row++) {
            int y = top + row;
            for (int column = 0; column < cursor.width(); column++) {
                int x = left + column;
                if (x >= 0 && y >= 0 && x < frame.width() && y < frame.height()) {
                    int offset = y * frame.stride() + x * 4;
                    int over = cursor.pixels()[row * cursor.width() + column];
                    pixels.putInt(offset, blend(over, pixels.getInt(offset)));
                }
            }
        }
    }

    private static int blend(int over, int under) {
        int rest = 255 - (over >>> 24);
        int result = 0;
        for (int shift = 0; shift < 24; shift += 8) {
            int value = (over >> shift & 255) + (under >> shift & 255) * rest / 255;
            result |= Math.min(255, value) << shift;
        }
        return result;
    }
}
