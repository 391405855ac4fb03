package org.bascule.agent.desktop.helper;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.List;
import org.bascule.agent.desktop.link.Link;
import org.bascule.agent.desktop.rfb.DesktopScreen;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** What the agent has permitted, and what it is told. Thread-safe. */
final class HelperState {

    private final Link.Writer out;

    // guarded by this
    private boolean control;
    private boolean toDevice;
    private boolean fromDevice;
    private boolean localInput = true;
    private boolean locked;
    private boolean known;
    private List<DesktopScreen> screens = List.of();

    HelperState(Link.Writer out, StrictJson start) throws WireException {
        this.out = out;
        this.control = start.string("mode", 16).equals("control");
        clipboard(start);
    }

    synchronized void clipboard(StrictJson permitted) throws WireException {
        toDevice = permitted.optionalFlag("toDevice");
        fromDevice = permitted.optionalFlag("fromDevice");
    }

    synchronized void control(boolean now) {
        control = now;
    }

    synchronized boolean isControl() {
        return control;
    }

    synchronized boolean isToDevice() {
        return control && toDevice;
    }

    synchronized boolean isFromDevice() {
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

    private void tell() {
        if (!known) {
            return;
        }
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
        JsonObject state = Json.createObjectBuilder()
                .add(
                        "state",
                        Json.createObjectBuilder()
                                .add("screens", array)
                                .add("locked", locked)
                                .add("localInput", localInput))
                .build();
        try {
            out.message(state);
        } catch (IOException e) {
            // the agent is gone: the input ends, too
        }
    }
}
