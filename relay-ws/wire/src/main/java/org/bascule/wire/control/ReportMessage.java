package org.bascule.wire.control;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** What a device reports: events, inventory, that its user wants assistance; and the answers. */
public sealed interface ReportMessage extends ControlMessage {

    /**
     * Agent: what happened.
     *
     * @param first number of the first event
     * @param events 1 to 100, numbered on from the first
     */
    record Events(long first, List<DeviceEvent> events) implements ReportMessage {
        static final String TYPE = "events";

        public Events {
            events = List.copyOf(events);
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            JsonArrayBuilder array = Json.createArrayBuilder();
            events.forEach(event -> array.add(event.toJson()));
            json.add("first", first).add("events", array);
        }

        static Events read(StrictJson json) throws WireException {
            List<DeviceEvent> events = new ArrayList<>();
            for (StrictJson event : json.children("events", MAX_EVENTS)) {
                events.add(DeviceEvent.parse(event));
            }
            return new Events(json.number("first", 0, 1L << 53), events);
        }
    }

    /** Server: everything below {@code next} is stored. */
    record EventsAck(long next) implements ReportMessage {
        static final String TYPE = "events.ack";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("next", next);
        }

        static EventsAck read(StrictJson json) throws WireException {
            return new EventsAck(json.number("next", 0, 1L << 53));
        }
    }

    /** Agent: hardware and system, as JSON that the user interface shows; at most 32 KiB. */
    record InventoryReport(JsonObject inventory) implements ReportMessage {
        static final String TYPE = "inventory";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("inventory", inventory);
        }

        static InventoryReport read(StrictJson json) throws WireException {
            return new InventoryReport(json.child("inventory").object());
        }
    }

    /**
     * Agent: somebody at the device asks for help. Sent again until its state is told, and at every new channel while it is not over; the id makes one of them.
     *
     * @param id UUID, made by the agent
     * @param text 1 to 1,000 characters, hostile text like the contact
     */
    record Assist(
            String id,
            String text,
            Optional<String> name,
            Optional<String> phone,
            Optional<String> email,
            Instant raised)
            implements ReportMessage {
        static final String TYPE = "assist";
        public static final int MAX_TEXT = 1_000;
        public static final int MAX_NAME = 200;
        public static final int MAX_PHONE = 64;
        public static final int MAX_EMAIL = 254;

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("id", id).add("text", text);
            name.ifPresent(value -> json.add("name", value));
            phone.ifPresent(value -> json.add("phone", value));
            email.ifPresent(value -> json.add("email", value));
            json.add("raised", raised.toEpochMilli());
        }

        static Assist read(StrictJson json) throws WireException {
            return new Assist(
                    json.string("id", 36),
                    json.string("text", MAX_TEXT),
                    json.optionalString("name", MAX_NAME),
                    json.optionalString("phone", MAX_PHONE),
                    json.optionalString("email", MAX_EMAIL),
                    Instant.ofEpochMilli(json.number("raised", 0, 1L << 50)));
        }
    }

    /**
     * Server: what became of a request for help; the acknowledgement of {@link Assist}, and again with each change.
     *
     * @param state {@code open}, {@code taken}, {@code closed}, {@code expired} or {@code refused}
     * @param detail who took it, the comment at the end, or why it was refused; hostile text, may be empty
     */
    record AssistState(String id, String state, String detail) implements ReportMessage {
        static final String TYPE = "assist.state";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("id", id).add("state", state).add("detail", detail);
        }

        static AssistState read(StrictJson json) throws WireException {
            return new AssistState(json.string("id", 36), json.string("state", 20), json.text("detail", 1_000));
        }
    }
}
