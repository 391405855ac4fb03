package org.bascule.domain.device;

import jakarta.json.JsonNumber;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.Optional;
import java.util.StringJoiner;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.control.DeviceEvent;
import org.bascule.wire.control.LoggedAction;

/**
 * What a device says about the actions of a session's full log (AUD-3) and about watching (AUD-8), as the audit log has it. All of it is the device's word, and hostile text:
 * what is not as it should be is an ordinary report.
 *
 * @param detail for people and for the search
 * @param fields one for each member, for pages and exports
 */
record LoggedActions(Operation operation, String detail, Changes fields) {

    private static final String WATCHING_STARTED = "watching-started";
    private static final String WATCHING_ENDED = "watching-ended";

    /** Empty if it is something else. */
    static Optional<LoggedActions> of(DeviceEvent event) {
        return switch (event.code()) {
            case WATCHING_STARTED -> Optional.of(watching(Operation.WATCHING_STARTED, event));
            case WATCHING_ENDED -> Optional.of(watching(Operation.WATCHING_ENDED, event));
            default -> LoggedAction.ofCode(event.code()).flatMap(action -> action(action, event));
        };
    }

    private static LoggedActions watching(Operation operation, DeviceEvent event) {
        return new LoggedActions(operation, event.detail(), Changes.none().field("watcher", null, event.detail()));
    }

    private static Optional<LoggedActions> action(LoggedAction action, DeviceEvent event) {
        try {
            StrictJson json = StrictJson.parse(event.detail(), LoggedAction.MAX_DETAIL);
            StringJoiner text = new StringJoiner(", ");
            Changes fields = Changes.none();
            for (String name : action.fields()) {
                Optional<String> value = value(json, name);
                if (value.isPresent()) {
                    text.add(name + " " + value.get());
                    fields.field(name, null, value.get());
                }
            }
            if (json.object().get(LoggedAction.CUT) == JsonValue.TRUE) {
                text.add("shortened");
            }
            return Optional.of(new LoggedActions(operation(action), text.toString(), fields));
        } catch (WireException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> value(StrictJson json, String name) {
        JsonValue value = json.object().get(name);
        if (value instanceof JsonString text) {
            return Optional.of(text.getString());
        }
        return value instanceof JsonNumber number && number.isIntegral()
                ? Optional.of(Long.toString(number.longValue()))
                : Optional.empty();
    }

    private static Operation operation(LoggedAction action) {
        return switch (action) {
            case TOOL_STARTED -> Operation.TOOL_STARTED;
            case TOOL_ENDED -> Operation.TOOL_ENDED;
            case PROCESS_STARTED -> Operation.PROCESS_STARTED;
            case PROCESS_ENDED -> Operation.PROCESS_ENDED;
            case PROCESS_KILLED -> Operation.PROCESS_KILLED;
            case FILE -> Operation.FILE_USED;
            case FORWARD -> Operation.FORWARDED;
            case CLIPBOARD -> Operation.CLIPBOARD_USED;
            case CHAT -> Operation.CHAT_USED;
        };
    }
}
