package org.bascule.session.service;

import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * A message of a chat ({@code docs/protocol/chat.md}).
 *
 * @param number from 1, in the order in which the device took them
 * @param time when it did, by the device's clock
 * @param fromDevice whether the person at the device wrote it, and not the user of the session
 * @param who wrote it, for people; hostile text, as is the text
 */
public record ChatMessage(long number, Instant time, boolean fromDevice, String who, String text) {

    /** Of the text in UTF-8. */
    public static final int MAX_BYTES = 4_096;
    /** A line that carries one, in JSON however escaped. */
    public static final int MAX_LINE = 6 * MAX_BYTES + 64;

    private static final String MESSAGE = "message";
    private static final String REFUSED = "refused";
    private static final int MAX_WHO = 300;
    private static final String USER = "user";
    private static final String DEVICE = "device";

    /** Why a text is no message. */
    public enum Objection {
        EMPTY("empty", "A message has at least one character."),
        TOO_LONG("too-long", "A message has at most 4,096 bytes of UTF-8."),
        CONTROL("control", "A message has no control characters and no line breaks."),
        /** The session is over, so that nobody would read it. */
        OVER("over", "The chat is over."),
        /** It could not be logged. */
        FAILED("failed", "The device cannot log the message now, so it is not shown.");

        private final String code;
        private final String text;

        Objection(String code, String text) {
            this.code = code;
            this.text = text;
        }

        /** In events and answers. */
        public String code() {
            return code;
        }

        public String text() {
            return text;
        }

        public JsonObject toEvent() {
            return Json.createObjectBuilder()
                    .add(REFUSED, Json.createObjectBuilder().add("code", code).add("text", text))
                    .build();
        }
    }

    /** Whether somebody may write this: one line of text, which can hold what turns its direction; whoever shows it keeps that apart. */
    public static Optional<Objection> objection(String text) {
        if (text.codePoints().anyMatch(ChatMessage::isControl)) {
            return Optional.of(Objection.CONTROL);
        }
        if (text.isBlank()) {
            return Optional.of(Objection.EMPTY);
        }
        return text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES
                ? Optional.of(Objection.TOO_LONG)
                : Optional.empty();
    }

    private static boolean isControl(int c) {
        int type = Character.getType(c);
        return type == Character.CONTROL
                || type == Character.SURROGATE
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }

    /** What the client sends, as bytes of the stream. */
    public static byte[] line(String text) {
        String json = Json.createObjectBuilder().add("text", text).build().toString();
        return (json + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** The text of such a line; it may be one that is objected to. */
    public static String parseLine(String line) throws WireException {
        return StrictJson.parse(line, MAX_LINE).text("text", MAX_LINE);
    }

    public JsonObject toJson() {
        return Json.createObjectBuilder()
                .add("number", number)
                .add("time", time.toString())
                .add("from", fromDevice ? DEVICE : USER)
                .add("who", who)
                .add("text", text)
                .build();
    }

    public JsonObject toEvent() {
        return Json.createObjectBuilder().add(MESSAGE, toJson()).build();
    }

    /** @throws WireException also for a text that is no message: what comes from outside is not shown on somebody's word */
    public static ChatMessage parse(StrictJson json) throws WireException {
        try {
            String text = json.string("text", MAX_BYTES);
            if (objection(text).isPresent()) {
                throw WireException.malformed("this is no message");
            }
            String from = json.string("from", 16);
            if (!from.equals(DEVICE) && !from.equals(USER)) {
                throw WireException.malformed("a message is from the user or the device");
            }
            return new ChatMessage(
                    json.number("number", 1, 1L << 53),
                    Instant.parse(json.string("time", 40)),
                    from.equals(DEVICE),
                    json.text("who", MAX_WHO),
                    text);
        } catch (DateTimeException e) {
            throw new WireException(WireException.Reason.MALFORMED, "not a time", e);
        }
    }

    /** Empty if the event is another one. */
    public static Optional<ChatMessage> parseEvent(StrictJson event) throws WireException {
        Optional<StrictJson> message = event.optionalChild(MESSAGE);
        return message.isEmpty() ? Optional.empty() : Optional.of(parse(message.get()));
    }

    /** The device's sentence if the event says that it did not take a message. */
    public static Optional<String> parseRefusal(StrictJson event) throws WireException {
        Optional<StrictJson> refused = event.optionalChild(REFUSED);
        return refused.isEmpty() ? Optional.empty() : Optional.of(refused.get().text("text", 200));
    }
}
