package org.bascule.agent.desk;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.util.List;
import org.bascule.agent.chat.ChatDesk;
import org.bascule.agent.events.RecentEvents;
import org.bascule.agent.local.LocalCommands;
import org.bascule.agent.owner.OwnerSwitch;
import org.bascule.agent.owner.SwitchOrder;
import org.bascule.agent.owner.SwitchState;
import org.bascule.agent.session.RunningSessions;
import org.bascule.agent.session.SessionSummary;
import org.bascule.agent.state.StateException;
import org.bascule.agent.watch.LocalWatch;
import org.bascule.wire.Json;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.bascule.wire.control.DeviceEvent;

/** The running agent as seen by whoever is at the device. Thread-safe. */
public final class DeviceDesk {

    /** Of the local command: switches; arguments as {@link SwitchOrder#parse} has them. */
    public static final String SWITCH = "switch";
    /** Of the local command: says how the switch is and what runs. */
    public static final String STATUS = "status";
    /** Of the local command: ends the session {@code sid}; the answer says whether there was one. */
    public static final String END = "end";

    private final OwnerSwitch owner;
    private final RunningSessions sessions;
    private final RecentEvents recent;
    private final Questions questions;
    private final ChatDesk chats;
    private final LocalWatch watch;

    public DeviceDesk(
            OwnerSwitch owner,
            RunningSessions sessions,
            RecentEvents recent,
            Questions questions,
            ChatDesk chats,
            LocalWatch watch) {
        this.owner = owner;
        this.sessions = sessions;
        this.recent = recent;
        this.questions = questions;
        this.chats = chats;
        this.watch = watch;
    }

    /** Makes {@link #SWITCH}, {@link #STATUS} and {@link #END} known, and {@link WatchCommands}. */
    public void addTo(LocalCommands commands) {
        new WatchCommands(this).addTo(commands);
        commands.add(SWITCH, (arguments, by) -> Json.createObjectBuilder()
                .add(
                        "switch",
                        change(SwitchOrder.parse(StrictJson.of(arguments)), onCommandLine(by))
                                .toJson())
                .build());
        commands.add(STATUS, (arguments, by) -> status());
        commands.add(END, (arguments, by) -> Json.createObjectBuilder()
                .add("ended", end(SessionId.parse(StrictJson.of(arguments).string("sid", 32)), onCommandLine(by)))
                .build());
    }

    /** How the log names an account that gave a command. */
    public static String onCommandLine(String account) {
        return "account " + account + " on the command line";
    }

    private JsonObject status() {
        JsonArrayBuilder running = Json.createArrayBuilder();
        sessions().forEach(session -> running.add(session.toJson()));
        return Json.createObjectBuilder()
                .add("switch", switchState().toJson())
                .add("sessions", running)
                .build();
    }

    public SwitchState switchState() {
        return owner.state();
    }

    /** @param who for the log */
    public SwitchState change(SwitchOrder order, String who) throws StateException {
        return owner.change(order, who);
    }

    /** Oldest first. */
    public List<SessionSummary> sessions() {
        return sessions.running();
    }

    /**
     * Ends a session.
     *
     * @param who for the log
     * @return false if there is none
     */
    public boolean end(SessionId sid, String who) {
        return sessions.endHere(sid, who);
    }

    /** Newest first. */
    public List<DeviceEvent> events() {
        return recent.newestFirst();
    }

    public Questions questions() {
        return questions;
    }

    public ChatDesk chats() {
        return chats;
    }

    public LocalWatch watch() {
        return watch;
    }
}
