package org.bascule.agent.desktop.helper;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.bascule.agent.desktop.link.Link;
import org.bascule.agent.desktop.rfb.ClipboardSink;
import org.bascule.agent.desktop.rfb.RfbServer;
import org.bascule.agent.desktop.x11.XClipboard;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;

/** Text between the client and the display's clipboard. The agent records each before it goes on. A thread of its own. */
final class ClipboardBridge implements ClipboardSink, XClipboard.Listener, Runnable {

    private static final int TICK_MILLIS = 40;
    private static final int LOGGED_SECONDS = 60;

    /** The question to the agent that is open. */
    private record Question(int id, CompletableFuture<Boolean> answer) {}

    private final String display;
    private final HelperState state;
    private final Link.Writer out;
    private final RfbServer server;
    private final AtomicReference<@Nullable String> offered = new AtomicReference<>();
    private volatile @Nullable Question open;
    private volatile boolean wanted;
    private volatile boolean over;

    // of the thread
    private boolean changed;
    private boolean asked;
    private @Nullable String text;
    private int questions;

    ClipboardBridge(String display, HelperState state, Link.Writer out, RfbServer server) {
        this.display = display;
        this.state = state;
        this.out = out;
        this.server = server;
    }

    @Override
    public void offered(String offer) {
        offered.set(offer);
    }

    @Override
    public void wanted() {
        wanted = true;
    }

    /** The agent's answer. */
    void logged(int id, boolean ok) {
        Question question = open;
        if (question != null && question.id() == id) {
            question.answer().complete(ok);
        }
    }

    void end() {
        over = true;
    }

    @Override
    public void changed() {
        changed = true;
    }

    @Override
    public void text(String read) {
        text = read;
    }

    @Override
    public void run() {
        try (XClipboard clipboard = new XClipboard(display, this)) {
            while (!over) {
                clipboard.run(TICK_MILLIS);
                toDevice(clipboard);
                fromDevice(clipboard);
            }
        } catch (IOException | LinkageError e) {
            // the display has no clipboard, or the agent is gone: the picture goes on
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void toDevice(XClipboard clipboard) throws IOException, InterruptedException {
        String offer = offered.getAndSet(null);
        if (offer != null
                && XClipboard.fits(offer)
                && state.isToDevice()
                && isLogged("to-device", offer.length())
                && state.isToDevice()) {
            clipboard.own(offer);
        }
    }

    private void fromDevice(XClipboard clipboard) throws IOException, InterruptedException {
        boolean permitted = state.isFromDevice();
        if (changed) {
            changed = false;
            if (permitted && !server.announceClipboard()) {
                wanted = true;
            }
        }
        if (wanted) {
            wanted = false;
            if (permitted) {
                asked = true;
                clipboard.request();
            }
        }
        String read = text;
        text = null;
        if (read != null && asked) {
            asked = false;
            if (state.isFromDevice() && isLogged("from-device", read.length()) && state.isFromDevice()) {
                server.provideClipboard(read);
            }
        }
    }

    private boolean isLogged(String direction, int length) throws IOException, InterruptedException {
        Question question = new Question(++questions, new CompletableFuture<>());
        open = question;
        out.message(Json.createObjectBuilder()
                .add(
                        "log",
                        Json.createObjectBuilder()
                                .add("id", question.id())
                                .add("direction", direction)
                                .add("length", length))
                .build());
        try {
            return question.answer().get(LOGGED_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } finally {
            open = null;
        }
    }
}
