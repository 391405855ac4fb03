package org.bascule.wire;

import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A JSON object from outside, read with bounds: size, depth, type and length of every member that is asked for. Unknown members are ignored,
 * a member given twice is refused.
 */
public final class StrictJson {

    private static final int MAX_DEPTH = 16;
    private final JsonObject object;

    private StrictJson(JsonObject object) {
        this.object = object;
    }

    public static StrictJson of(JsonObject object) {
        return new StrictJson(object);
    }

    /**
     * Parses text that must be one JSON object.
     *
     * @param maxLength limit in characters
     */
    public static StrictJson parse(String text, int maxLength) throws WireException {
        if (text.length() > maxLength) {
            throw new WireException(
                    WireException.Reason.TOO_LARGE,
                    "JSON of %d characters exceeds %d".formatted(text.length(), maxLength));
        }
        checkShape(text);
        try (JsonReader reader = READERS.createReader(new StringReader(text))) {
            return new StrictJson(reader.readObject());
        } catch (JsonException | IllegalStateException e) {
            throw new WireException(WireException.Reason.MALFORMED, "not a JSON object", e);
        }
    }

    private static final jakarta.json.JsonReaderFactory READERS = Json.createReaderFactory(
            java.util.Map.of(jakarta.json.JsonConfig.KEY_STRATEGY, jakarta.json.JsonConfig.KeyStrategy.NONE));

    /**
     * The parser recurses, so depth is bounded before it starts; and it stops at the end of the first value, so what follows is refused here. Brackets
     * within strings do not count.
     */
    private static void checkShape(String text) throws WireException {
        int depth = 0;
        boolean string = false;
        boolean ended = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (ended && " \t\r\n".indexOf(c) < 0) {
                throw WireException.malformed("something follows the JSON object");
            }
            if (string) {
                if (c == '\\') {
                    i++;
                } else if (c == '"') {
                    string = false;
                }
            } else if (c == '"') {
                string = true;
            } else if (c == '{' || c == '[') {
                if (++depth > MAX_DEPTH) {
                    throw WireException.malformed("JSON nested deeper than " + MAX_DEPTH);
                }
            } else if (c == '}' || c == ']') {
                ended = --depth == 0;
            }
        }
    }

    public JsonObject object() {
        return object;
    }

    public boolean has(String name) {
        JsonValue value = object.get(name);
        return value != null && value != JsonValue.NULL;
    }

    /** A string of 1 to {@code maxLength} characters. */
    public String string(String name, int maxLength) throws WireException {
        String value = text(name, maxLength);
        if (value.isEmpty()) {
            throw WireException.malformed("'" + name + "' is empty");
        }
        return value;
    }

    /** A string of 0 to {@code maxLength} characters. */
    public String text(String name, int maxLength) throws WireException {
        if (!(object.get(name) instanceof JsonString value)) {
            throw WireException.malformed("'" + name + "' is not a string");
        }
        if (value.getString().length() > maxLength) {
            throw new WireException(
                    WireException.Reason.TOO_LARGE, "'%s' is longer than %d characters".formatted(name, maxLength));
        }
        return value.getString();
    }

    public Optional<String> optionalString(String name, int maxLength) throws WireException {
        return has(name) ? Optional.of(string(name, maxLength)) : Optional.empty();
    }

    public byte[] bytes(String name, int length) throws WireException {
        return B64.decode(string(name, length * 2 + 4), length);
    }

    public byte[] bytesUpTo(String name, int maxLength) throws WireException {
        byte[] value = B64.decode(string(name, maxLength * 2 + 4));
        if (value.length > maxLength) {
            throw new WireException(WireException.Reason.TOO_LARGE, "'%s' exceeds %d bytes".formatted(name, maxLength));
        }
        return value;
    }

    /** A whole number within the bounds, both included. */
    public long number(String name, long min, long max) throws WireException {
        if (!(object.get(name) instanceof JsonNumber value) || !value.isIntegral()) {
            throw WireException.malformed("'" + name + "' is not a whole number");
        }
        long number;
        try {
            number = value.longValueExact();
        } catch (ArithmeticException e) {
            throw new WireException(WireException.Reason.MALFORMED, "'" + name + "' is out of range", e);
        }
        if (number < min || number > max) {
            throw WireException.malformed("'%s' is not within %d and %d".formatted(name, min, max));
        }
        return number;
    }

    public Optional<Long> optionalNumber(String name, long min, long max) throws WireException {
        return has(name) ? Optional.of(number(name, min, max)) : Optional.empty();
    }

    /** True or false; absent means false. */
    public boolean optionalFlag(String name) throws WireException {
        JsonValue value = object.get(name);
        if (value != null && value != JsonValue.TRUE && value != JsonValue.FALSE && value != JsonValue.NULL) {
            throw WireException.malformed("'" + name + "' is neither true nor false");
        }
        return value == JsonValue.TRUE;
    }

    public StrictJson child(String name) throws WireException {
        if (!(object.get(name) instanceof JsonObject value)) {
            throw WireException.malformed("'" + name + "' is not an object");
        }
        return new StrictJson(value);
    }

    public Optional<StrictJson> optionalChild(String name) throws WireException {
        return has(name) ? Optional.of(child(name)) : Optional.empty();
    }

    /** An array of strings, each of 1 to {@code maxLength} characters. */
    public List<String> strings(String name, int maxEntries, int maxLength) throws WireException {
        List<String> values = new ArrayList<>();
        for (JsonValue value : array(name, maxEntries)) {
            if (!(value instanceof JsonString text) || text.getString().isEmpty()) {
                throw WireException.malformed("'" + name + "' holds something else than strings");
            }
            if (text.getString().length() > maxLength) {
                throw new WireException(
                        WireException.Reason.TOO_LARGE,
                        "an entry of '%s' exceeds %d characters".formatted(name, maxLength));
            }
            values.add(text.getString());
        }
        return values;
    }

    public List<StrictJson> children(String name, int maxEntries) throws WireException {
        List<StrictJson> values = new ArrayList<>();
        for (JsonValue value : array(name, maxEntries)) {
            if (!(value instanceof JsonObject child)) {
                throw WireException.malformed("'" + name + "' holds something else than objects");
            }
            values.add(new StrictJson(child));
        }
        return values;
    }

    private JsonArray array(String name, int maxEntries) throws WireException {
        if (!(object.get(name) instanceof JsonArray array)) {
            throw WireException.malformed("'" + name + "' is not an array");
        }
        if (array.size() > maxEntries) {
            throw new WireException(
                    WireException.Reason.TOO_LARGE, "'%s' has more than %d entries".formatted(name, maxEntries));
        }
        return array;
    }
}
