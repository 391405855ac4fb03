package org.bascule.agent.consent;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.bascule.agent.local.LocalCommands;
import org.bascule.agent.local.LocalException;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.control.ConsentMessage;

/**
 * Questions on the control socket.
 *
 * <pre>
 * consent.list                                  {"questions":[{"id","user","from","reason"?,"operations":[…],"seconds"}]}
 * consent.answer {"id","operations":[…]}        grants; {"id","refused":"why or empty"} refuses
 * </pre>
 */
public final class ConsentCommands {

    /** The question does not wait for an answer any more. */
    public static final String GONE = "gone";

    public static final String LIST = "consent.list";
    public static final String ANSWER = "consent.answer";

    private final ConsentDesk desk;
    private final InstantSource clock;

    public ConsentCommands(ConsentDesk desk, InstantSource clock) {
        this.desk = desk;
        this.clock = clock;
    }

    public void addTo(LocalCommands commands) {
        commands.add(LIST, (arguments, by) -> list());
        commands.add(ANSWER, (arguments, by) -> answer(StrictJson.of(arguments), by));
    }

    private JsonObject list() {
        Instant now = clock.instant();
        JsonArrayBuilder questions = Json.createArrayBuilder();
        for (Question question : desk.open()) {
            JsonObjectBuilder json = Json.createObjectBuilder()
                    .add("id", question.id())
                    .add("user", question.user())
                    .add("from", question.from());
            question.reason().ifPresent(reason -> json.add("reason", reason));
            questions.add(json.add(
                            "operations",
                            Json.createArrayBuilder(question.operations().names()))
                    .add(
                            "seconds",
                            Math.max(0, Duration.between(now, question.until()).toSeconds())));
        }
        return Json.createObjectBuilder().add("questions", questions).build();
    }

    private JsonObject answer(StrictJson json, String by) throws WireException, LocalException {
        List<String> names = json.has("operations") ? json.strings("operations", 16, 128) : List.of();
        Optional<Operations> granted = names.isEmpty() ? Optional.empty() : Optional.of(Operations.of(names));
        String refusal = json.has("refused") ? json.text("refused", ConsentMessage.MAX_REASON) : "";
        if (!desk.answer(json.string("id", 32), granted, refusal, by + " on the console")) {
            throw new LocalException(GONE, "This question does not wait for an answer any more.");
        }
        return JsonObject.EMPTY_JSON_OBJECT;
    }
}
