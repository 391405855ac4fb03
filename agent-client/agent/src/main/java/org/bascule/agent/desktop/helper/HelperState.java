package org.bascule.agent.desktop.helper;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.bascule.agent.desktop.link.Link;
import org.bascule.agent.desktop.rfb.DesktopScreen;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** What the agent has permitted, and what it is told. Thread-safe; nothing but {@link #write} waits for room in the link. */
final class HelperState {

    /** Answers to what was asked while nobody reads; more say the same again. */
    private static final int MAX_NOTICES = 8;

    private final Link.Writer out;
    private volatile boolean control;
    private volatile boolean held;
    private volatile boolean toDevice;
    private volatile boolean fromDevice;

    // guarded by this
    private final Deque<JsonObject> notices = new ArrayDeque<>();
    private @Nullable JsonObject onlySeen;
    private boolean changed;
    /** Number of the order to hold, or not to, that was done last. */
    private int holdDone;
    /** The same of the mode, and what the agent knows of it. */
    private int modeDone;

    private int modeTold;

    private boolean localInput = true;
    private boolean locked;
    private boolean known;
    private List<DesktopScreen> screens = List.of();

    HelperState(Link.Writer out, StrictJson start) throws WireException {
        this.out = out;
        this.control = start.string("mode", 16).equals("control");
        clipboard(start);
    }

    void clipboard(StrictJson permitted) throws WireException {
        toDevice = permitted.optionalFlag("toDevice");
        fromDevice = permitted.optionalFlag("fromDevice");
    }

    void control(boolean now) {
        control = now;
    }

    /** Somebody at the device is asked: until that is answered nothing is controlled. */
    void hold(boolean now) {
        held = now;
    }

    /** What was pressed is let go of, too. */
    synchronized void done(int hold) {
        holdDone = hold;
        tell();
    }

    synchronized void modeDone(int number) {
        modeDone = number;
        notifyAll();
    }

    boolean isControl() {
        return control && !held;
    }

    boolean isToDevice() {
        return isControl() && toDevice;
    }

    boolean isFromDevice() {
        return fromDevice;
    }

    synchronized void screens(List<DesktopScreen> now) {
        screens = List.copyOf(now);
        known = true;
        tell();
    }

    synchronized void localInput(boolean now) {
        localInput = now;
        tell();
    }

    synchronized void locked(boolean now) {
        if (locked != now) {
            locked = now;
            tell();
        }
    }

    /** Control has ended, or not begun, for this reason. */
    synchronized void onlySeen(String code, String text) {
        control = false;
        onlySeen = problem("view", code, text);
        notifyAll();
    }

    private static JsonObject problem(String kind, String code, String text) {
        return Json.createObjectBuilder()
                .add(kind, Json.createObjectBuilder().add("code", code).add("text", text))
                .build();
    }

    /** Why something that was asked for was not done. */
    synchronized void notice(String code, String text) {
        if (notices.size() < MAX_NOTICES) {
            notices.add(problem("notice", code, text));
            notifyAll();
        }
    }

    private synchronized void tell() {
        changed = true;
        notifyAll();
    }

    /** Tells the agent what is new as long as the process lives, on a thread of its own: the link may be full. */
    void follow() {
        try {
            while (true) {
                synchronized (this) {
                    while (!isNew()) {
                        wait();
                    }
                }
                write();
            }
        } catch (IOException e) {
            // the agent is gone: the input ends, too
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean isNew() {
        return (known && changed) || !notices.isEmpty() || onlySeen != null || modeDone != modeTold;
    }

    /** Tells the agent what is new, and why after it; blocks while the link is full. */
    void write() throws IOException {
        List<JsonObject> news = new ArrayList<>();
        synchronized (this) {
            if (known && changed) {
                changed = false;
                news.add(toJson());
            }
            news.addAll(notices);
            notices.clear();
            if (onlySeen != null) {
                news.add(onlySeen);
                onlySeen = null;
            }
            if (modeDone != modeTold) {
                modeTold = modeDone;
                news.add(Json.createObjectBuilder().add("mode", modeDone).build());
            }
        }
        for (JsonObject message : news) {
            out.message(message);
        }
    }

    private synchronized JsonObject toJson() {
        JsonArrayBuilder array = Json.createArrayBuilder();
        for (DesktopScreen screen : screens) {
            array.add(Json.createObjectBuilder()
                    .add("id", screen.id())
                    .add("name", screen.name())
                    .add("x", screen.x())
                    .add("y", screen.y())
                    .add("width", screen.width())
                    .add("height", screen.height()));
        }
        return Json.createObjectBuilder()
                .add(
                        "state",
                        Json.createObjectBuilder()
                                .add("screens", array)
                                .add("locked", locked)
                                .add("held", held)
                                .add("hold", holdDone)
                                .add("localInput", localInput))
                .build();
    }
}
