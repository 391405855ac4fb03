package org.bascule.system;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The newest session of the sample device, and the relay that carries it now: the list of sessions has the first one, the device's log each further one. */
final class Carrier {

    private final TheSystem system;
    private final String sid;
    private final String first;

    private Carrier(TheSystem system, JsonObject session) {
        this.system = system;
        this.sid = session.getString("sid");
        this.first = session.getString("relay");
    }

    static Carrier ofNewest(TheSystem system) {
        List<JsonObject> sessions = system.api("engineer").items("/api/sessions");
        if (sessions.isEmpty()) {
            throw new AssertionError("there is no session");
        }
        return new Carrier(system, sessions.get(0));
    }

    String sid() {
        return sid;
    }

    /** Id of the relay, which is the name of the part as well. */
    String relay() {
        Matcher line =
                Pattern.compile("session " + sid + " goes on through (\\S+)").matcher(log());
        String last = first;
        while (line.find()) {
            last = line.group(1);
        }
        return last;
    }

    /** Waits until the session goes on elsewhere. @return where */
    String awaitOtherThan(String relay, Duration within) {
        Eventually.within(within, "through another relay than " + relay, () -> !relay().equals(relay));
        return relay();
    }

    private String log() {
        try {
            return Files.readString(system.demo().logs().resolve("device.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
