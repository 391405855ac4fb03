package org.bascule.domain.paging;

import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonException;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;

/**
 * Where a list goes on (requirement API-1): behind the row whose sort keys are {@code position}, or at its beginning. Nothing is counted and
 * nothing skipped, so the last page of a long list costs what the first does.
 *
 * <p>For clients the text form is opaque. It is no secret and no authority: a statement that uses a position filters by rights all the same.
 *
 * @param position sort keys of the last row that was seen, in the order of the sort; empty for the beginning
 * @param limit rows of a page, 1 to 200
 */
public record Cursor(List<String> position, int limit) {

    public static final int MAX_LIMIT = 200;
    public static final int DEFAULT_LIMIT = 50;

    private static final int MAX_TEXT = 4_096;

    public Cursor {
        position = List.copyOf(position);
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("limit " + limit + " is not within 1 and " + MAX_LIMIT);
        }
    }

    /** The beginning of a list. */
    public static Cursor first(int limit) {
        return new Cursor(List.of(), limit);
    }

    /**
     * Reads what came from outside.
     *
     * @param text the {@code next} of an earlier page; null or empty for the beginning
     * @param keys how many sort keys the list has
     * @throws RefusedException {@code INVALID} for a text that no list with this many keys gave out, or a limit beyond its bounds
     */
    public static Cursor checked(@Nullable String text, int keys, int limit) throws RefusedException {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw RefusedException.invalid("limit", "The limit is 1 to %d.", MAX_LIMIT);
        }
        if (text == null || text.isEmpty()) {
            return first(limit);
        }
        List<String> position = text.length() > MAX_TEXT ? List.of() : decode(text);
        if (position.size() != keys || !encode(position).equals(text)) {
            throw RefusedException.invalid("cursor", "This is no cursor of this list.");
        }
        return new Cursor(position, limit);
    }

    private static List<String> decode(String text) {
        try (JsonReader reader = Json.createReader(
                new StringReader(new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8)))) {
            JsonArray array = reader.readArray();
            return array.stream().allMatch(value -> value.getValueType() == JsonValue.ValueType.STRING)
                    ? array.getValuesAs(JsonString::getString)
                    : List.of();
        } catch (IllegalArgumentException | JsonException e) {
            return List.of();
        }
    }

    /** A sort key of the position, or null at the beginning: made for {@code (:after is null or …)}. */
    public @Nullable String key(int index) {
        return position.isEmpty() ? null : position.get(index);
    }

    /**
     * A sort key of the position as an identifier; null at the beginning. The database refuses to compare these with what is not ASCII.
     *
     * @throws RefusedException {@code INVALID} if it is none
     */
    public @Nullable String id(int index) throws RefusedException {
        String key = key(index);
        if (key != null && !key.chars().allMatch(c -> c < 0x80)) {
            throw RefusedException.invalid("cursor", "This is no cursor of this list.");
        }
        return key;
    }

    /**
     * A sort key of the position as a time; null at the beginning.
     *
     * @throws RefusedException {@code INVALID} if it is none
     */
    public @Nullable Instant time(int index) throws RefusedException {
        String key = key(index);
        try {
            return key == null ? null : Instant.parse(key);
        } catch (DateTimeException e) {
            throw RefusedException.invalid("cursor", "This is no cursor of this list.");
        }
    }

    /** One more than a page holds: whether that row is there tells whether the list goes on. */
    public int fetch() {
        return limit + 1;
    }

    /**
     * The page made of at most {@link #fetch} rows.
     *
     * @param keys the sort keys of a row, none of them null
     */
    public <T> Slice<T> slice(List<T> rows, Function<T, List<String>> keys) {
        if (rows.size() <= limit) {
            return new Slice<>(rows, null);
        }
        List<T> items = rows.subList(0, limit);
        return new Slice<>(items, encode(keys.apply(items.get(limit - 1))));
    }

    /** The text form of a position, for lists that do not end where their rows do. */
    public static String encode(List<String> position) {
        JsonArrayBuilder array = Json.createArrayBuilder();
        position.forEach(array::add);
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(array.build().toString().getBytes(StandardCharsets.UTF_8));
    }
}
