package org.bascule.agent.desktop.helper;

import java.io.IOException;
import org.bascule.agent.desktop.link.Link;
import org.bascule.agent.desktop.rfb.ClipboardSink;
import org.bascule.agent.desktop.rfb.InputSink;
import org.bascule.agent.desktop.rfb.RfbServer;
import org.bascule.agent.desktop.x11.DisplayException;
import org.bascule.agent.desktop.x11.XInput;
import org.bascule.agent.desktop.x11.XPictures;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * What the client does to the display, as far as the agent has permitted it, and what the agent orders. For the thread that reads, but for {@link #leave}: the process may be told to end at any
 * moment, and after that nothing is pressed or lent any more.
 */
final class Controls implements InputSink, ClipboardSink, AutoCloseable {

    private final String display;
    private final HelperState state;
    private final XPictures pictures;
    private final Link.Writer out;
    private volatile @Nullable XInput input;
    /** Guarded by this. */
    private boolean left;

    private @Nullable RfbServer server;
    private @Nullable Presence presence;
    private @Nullable ClipboardBridge clipboard;

    Controls(String display, HelperState state, XPictures pictures, Link.Writer out) {
        this.display = display;
        this.state = state;
        this.pictures = pictures;
        this.out = out;
    }

    /**
     * The banner is on the display on return.
     *
     * @param user who views or controls: text from outside
     */
    void begin(String user, int row) throws IOException {
        if (state.isControl()) {
            prepare();
        }
        pictures.viewing(!state.isControl());
        Presence shown = new Presence(display, user, "", row, state, out);
        presence = shown;
        start(shown, "presence");
        shown.awaitShown();
        start(new ScreenLock(state), "screen-lock");
    }

    void serve(RfbServer now) {
        server = now;
        ClipboardBridge bridge = new ClipboardBridge(display, state, out, now);
        clipboard = bridge;
        start(bridge, "clipboard");
    }

    static void start(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Not while the process is on its way out: nobody would let go. */
    private synchronized void input() throws IOException {
        if (!left && input == null) {
            input = new XInput(display);
        }
    }

    private synchronized @Nullable XInput leaving() {
        left = true;
        return input;
    }

    /** Of the agent. */
    void message(StrictJson message) throws IOException, WireException {
        if (message.has("mode")) {
            mode(message.string("mode", 16).equals("control"));
            state.modeDone((int) message.number("number", 1, Integer.MAX_VALUE));
        } else if (message.has("hold")) {
            state.hold(message.optionalFlag("hold"));
            controlsOrNot();
            state.done((int) message.number("number", 1, Integer.MAX_VALUE));
        } else if (message.has("screen")) {
            pictures.choose(message.text("screen", 64));
        } else if (message.has("quality")) {
            int level = (int) message.number("quality", 0, 9);
            RfbServer present = server;
            if (present != null) {
                present.quality(level == 0 ? -1 : level);
            }
        } else if (message.has("clipboard")) {
            state.clipboard(message.child("clipboard"));
        } else if (message.has("absent")) {
            absent(message.optionalFlag("absent"));
        } else if (message.has("lock")) {
            Presence present = presence;
            if (present != null) {
                present.lock(message.optionalFlag("lock"));
            }
        } else if (message.has("logged")) {
            StrictJson logged = message.child("logged");
            ClipboardBridge bridge = clipboard;
            if (bridge != null) {
                bridge.logged((int) logged.number("id", 0, Integer.MAX_VALUE), logged.optionalFlag("ok"));
            }
        }
    }

    /** Whoever sits at the device has it for themselves. */
    private void absent(boolean now) {
        Presence present = presence;
        if (present != null) {
            present.absent(now);
        }
        XInput pressed = input;
        if (now && pressed != null) {
            pressed.release();
        }
    }

    private void mode(boolean control) throws IOException {
        state.control(control);
        if (control) {
            prepare();
        }
        controlsOrNot();
    }

    /** A display that takes no input from programmes is seen all the same. */
    private void prepare() throws IOException {
        try {
            input();
        } catch (DisplayException e) {
            if (!e.code().equals("unsupported")) {
                throw e;
            }
            state.onlySeen(e.code(), String.valueOf(e.getMessage()));
        }
    }

    private void controlsOrNot() {
        boolean control = state.isControl();
        pictures.viewing(!control);
        XInput present = input;
        if (!control && present != null) {
            present.release();
        }
    }

    @Override
    public void pointer(int buttons, int x, int y) {
        XInput present = input;
        if (present != null && state.isControl()) {
            present.pointer(buttons, x + pictures.originX(), y + pictures.originY());
        }
    }

    @Override
    public void key(boolean down, int keysym, int scanCode) {
        XInput present = input;
        if (present != null && state.isControl()) {
            present.key(down, keysym, scanCode);
        }
    }

    @Override
    public void offered(String text) {
        ClipboardBridge bridge = clipboard;
        if (bridge != null) {
            bridge.offered(text);
        }
    }

    @Override
    public void wanted() {
        ClipboardBridge bridge = clipboard;
        if (bridge != null) {
            bridge.wanted();
        }
    }

    /** Lets go of what is pressed and gives back what was borrowed, on another thread, before the process is ended. */
    void leave() {
        state.control(false);
        XInput present = leaving();
        if (present != null) {
            present.leave();
        }
    }

    @Override
    public void close() {
        Presence shown = presence;
        if (shown != null) {
            shown.end();
        }
        ClipboardBridge bridge = clipboard;
        if (bridge != null) {
            bridge.end();
        }
        XInput present = leaving();
        if (present != null) {
            present.close(); // stays known: who comes later finds that it has left
        }
    }
}
