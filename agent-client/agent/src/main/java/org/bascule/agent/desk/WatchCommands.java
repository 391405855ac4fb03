package org.bascule.agent.desk;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bascule.agent.local.LocalCommands;
import org.bascule.agent.local.LocalException;
import org.bascule.agent.session.SessionSummary;
import org.bascule.agent.watch.LocalWatch.Terminal;
import org.bascule.wire.Json;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * Watching terminals on the control socket.
 *
 * <pre>
 * watch.list                       {"terminals":[{"sid","name","tool"}]}
 * watch.read {"sid","tool"}        {"screen"}: its lines; whoever reads counts as watching for a few seconds
 * </pre>
 */
public final class WatchCommands {

    public static final String LIST = "watch.list";
    public static final String READ = "watch.read";

    /** The terminal is over, or was never there. */
    public static final String GONE = "gone";
    /** Of characters: with what JSON and UTF-8 make of them, an answer holds them. */
    public static final int MAX_SCREEN = 40_000;

    private final DeviceDesk desk;

    public WatchCommands(DeviceDesk desk) {
        this.desk = desk;
    }

    public void addTo(LocalCommands commands) {
        commands.add(LIST, (arguments, by) -> list());
        commands.add(READ, (arguments, by) -> read(StrictJson.of(arguments), by));
    }

    private JsonObject list() {
        Map<SessionId, String> names =
                desk.sessions().stream().collect(Collectors.toMap(SessionSummary::sid, SessionSummary::name));
        JsonArrayBuilder terminals = Json.createArrayBuilder();
        for (Terminal terminal : desk.watch().terminals()) {
            terminals.add(Json.createObjectBuilder()
                    .add("sid", terminal.sid().hex())
                    .add("name", names.getOrDefault(terminal.sid(), ""))
                    .add("tool", terminal.tool()));
        }
        return Json.createObjectBuilder().add("terminals", terminals).build();
    }

    private JsonObject read(StrictJson json, String by) throws WireException, LocalException {
        Terminal terminal =
                new Terminal(SessionId.parse(json.string("sid", 32)), (int) json.number("tool", 1, Integer.MAX_VALUE));
        List<String> lines = desk.watch()
                .look(terminal, DeviceDesk.onCommandLine(by))
                .orElseThrow(() -> new LocalException(GONE, "There is no such terminal."));
        return Json.createObjectBuilder()
                .add("screen", String.join("\n", fitting(lines)))
                .build();
    }

    /** The last of them, if they are too many for an answer. */
    private static Deque<String> fitting(List<String> lines) {
        Deque<String> kept = new ArrayDeque<>();
        int left = MAX_SCREEN;
        for (int i = lines.size() - 1; i >= 0 && left > lines.get(i).length(); i--) {
            left -= lines.get(i).length() + 1;
            kept.addFirst(lines.get(i));
        }
        return kept;
    }
}
