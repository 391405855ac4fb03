package org.bascule.control.remote;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;
import org.bascule.session.service.WatchRequest;
import org.bascule.wire.WireException;

/** Says on standard error who watches the session (AUD-8), from the events of a stream. */
public final class Watchers {

    private final Surroundings around;
    private final String end;
    /** Who is known to watch. */
    private List<String> present = List.of();

    /** @param raw whether the terminal needs a carriage return at the end of a line */
    public Watchers(Surroundings around, boolean raw) {
        this.around = around;
        this.end = raw ? "\r\n" : "\n";
    }

    /** Does nothing with other events. */
    public synchronized void event(JsonObject event) throws WireException {
        Optional<List<String>> names = WatchRequest.parseWatchersEvent(event);
        if (names.isPresent()) {
            now(names.get());
        }
    }

    private void now(List<String> names) {
        List<String> gone = new ArrayList<>(present);
        List<String> come = new ArrayList<>(names);
        names.forEach(gone::remove);
        present.forEach(come::remove);
        come.forEach(name -> say(Printable.of(name) + " watches this session."));
        gone.forEach(name -> say(Printable.of(name) + " does not watch this session any more."));
        present = names;
    }

    private void say(String sentence) {
        try {
            around.err().write((end + sentence + end).getBytes(StandardCharsets.UTF_8));
            around.err().flush();
        } catch (IOException e) {
            // nobody reads it
        }
    }
}
