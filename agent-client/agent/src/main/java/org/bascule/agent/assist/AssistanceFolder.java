package org.bascule.agent.assist;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.bascule.agent.state.DeviceState;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.control.ControlMessage;
import org.bascule.wire.control.ReportMessage;

/** The request for help of this device, and what became of it, on the disk. */
public final class AssistanceFolder {

    private static final String REQUEST = "request.json";
    private static final String STATE = "state.json";
    private static final String SENT = "sent";
    private static final int MAX_CHARS = 16_384;

    private final StateFolder folder;

    private AssistanceFolder(StateFolder folder) {
        this.folder = folder;
    }

    public static AssistanceFolder in(StateFolder state) throws StateException {
        return new AssistanceFolder(new StateFolder(state.subfolder(DeviceState.ASSISTANCE)));
    }

    /**
     * What the server said about a request.
     *
     * @param state as {@link ReportMessage.AssistState} has it
     * @param detail hostile text
     */
    public record Told(String id, String state, String detail, Instant time) {

        /** Nothing more will be said. */
        public boolean isOver() {
            return !state.equals("open") && !state.equals("taken");
        }
    }

    /** Whether another request may take the place of the last one: there is none, it was never sent, or it is over. One that was sent may be open at the server. */
    public boolean mayAsk() throws StateException {
        return told().map(Told::isOver).orElse(!isSent());
    }

    /** Whether the last request has left this device, answered or not. */
    public boolean isSent() throws StateException {
        Optional<String> id = request().map(ReportMessage.Assist::id);
        return id.isPresent() && folder.readText(SENT).equals(id);
    }

    /** The request with this id was sent. */
    public void sent(String id) throws StateException {
        folder.write(SENT, id);
    }

    /** To be called where {@link #mayAsk}. */
    public void ask(ReportMessage.Assist request) throws StateException {
        folder.write(REQUEST, request.toJson());
    }

    /** The last request; empty if there is none, or it cannot be understood. */
    public Optional<ReportMessage.Assist> request() throws StateException {
        Optional<String> text = folder.readText(REQUEST);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return ControlMessage.parse(text.get())
                    .filter(ReportMessage.Assist.class::isInstance)
                    .map(ReportMessage.Assist.class::cast);
        } catch (WireException e) {
            return Optional.empty();
        }
    }

    public void tell(Told told) throws StateException {
        folder.write(
                STATE,
                Json.createObjectBuilder()
                        .add("id", told.id())
                        .add("state", told.state())
                        .add("detail", told.detail())
                        .add("time", told.time().toString())
                        .build()
                        .toString());
    }

    /** What was said about the last request; empty while nothing was. */
    public Optional<Told> told() throws StateException {
        Optional<String> text = folder.readText(STATE);
        Optional<ReportMessage.Assist> request = request();
        if (text.isEmpty() || request.isEmpty()) {
            return Optional.empty();
        }
        try {
            StrictJson json = StrictJson.parse(text.get(), MAX_CHARS);
            Told told = new Told(
                    json.string("id", 36),
                    json.string("state", 20),
                    json.text("detail", 1_000),
                    Instant.parse(json.string("time", 40)));
            return told.id().equals(request.get().id()) ? Optional.of(told) : Optional.empty();
        } catch (WireException | DateTimeException e) {
            return Optional.empty();
        }
    }

    /** When the request was last written, to notice a new one cheaply; empty if there is none. */
    Optional<Instant> asked() {
        try {
            return Optional.of(
                    java.nio.file.Files.getLastModifiedTime(folder.path().resolve(REQUEST))
                            .toInstant());
        } catch (java.io.IOException e) {
            return Optional.empty();
        }
    }
}
