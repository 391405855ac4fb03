package org.bascule.system;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;

/** One or more fingers on the screen of a phone. */
final class Fingers {

    private final CDPSession session;

    Fingers(Page page) {
        session = page.context().newCDPSession(page);
    }

    /** @param places x and y of each finger */
    void down(double... places) {
        send("touchStart", places);
    }

    void move(double... places) {
        send("touchMove", places);
    }

    /** All of them. */
    void up() {
        send("touchEnd");
    }

    private void send(String type, double... places) {
        JsonArray points = new JsonArray();
        for (int i = 0; i < places.length; i += 2) {
            JsonObject point = new JsonObject();
            point.addProperty("x", places[i]);
            point.addProperty("y", places[i + 1]);
            point.addProperty("id", i / 2);
            points.add(point);
        }
        JsonObject event = new JsonObject();
        event.addProperty("type", type);
        event.add("touchPoints", points);
        session.send("Input.dispatchTouchEvent", event);
    }
}
