package org.bascule.web.api;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.StringReader;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;

/** The forms that answers share. A member without a value is {@code null}, never missing. */
final class Answers {

    private Answers() {}

    static Response ok(JsonObjectBuilder json) {
        return json(200, json.build().toString());
    }

    static Response created(JsonObjectBuilder json) {
        return json(201, json.build().toString());
    }

    /** What can be changed, with its version. */
    static Response tagged(int status, JsonObjectBuilder json, long revision) {
        return Response.fromResponse(json(status, json.build().toString()))
                .header(HttpHeaders.ETAG, "\"" + revision + "\"")
                .build();
    }

    static Response json(int status, String text) {
        return Response.status(status)
                .type(MediaType.APPLICATION_JSON_TYPE.withCharset("utf-8"))
                .entity(text)
                .build();
    }

    /** A page that is read with a cursor. */
    static <T> JsonObjectBuilder slice(Slice<T> slice, Function<T, JsonObjectBuilder> item) {
        JsonObjectBuilder json = Json.createObjectBuilder().add("items", list(slice.items(), item));
        put(json, "next", slice.next());
        return json;
    }

    /** A page of a log whose cursors begin with a time, and how far back it has looked; null where it has looked at all. */
    static <T> JsonObjectBuilder log(Slice<T> slice, int keys, Function<T, JsonObjectBuilder> item)
            throws RefusedException {
        JsonObjectBuilder json = slice(slice, item);
        put(json, "reached", Cursor.checked(slice.next(), keys, 1).time(0));
        return json;
    }

    static <T> JsonArrayBuilder list(List<T> items, Function<T, JsonObjectBuilder> item) {
        JsonArrayBuilder array = Json.createArrayBuilder();
        items.forEach(value -> array.add(item.apply(value)));
        return array;
    }

    static JsonArrayBuilder texts(Collection<String> texts) {
        JsonArrayBuilder array = Json.createArrayBuilder();
        texts.forEach(array::add);
        return array;
    }

    static JsonArrayBuilder permissions(Collection<Permission> permissions) {
        return texts(permissions.stream().map(Permission::code).sorted().toList());
    }

    static JsonObjectBuilder named(@Nullable String id, @Nullable String name) {
        JsonObjectBuilder json = Json.createObjectBuilder();
        put(json, "id", id);
        put(json, "name", name);
        return json;
    }

    /** Adds the text form of a value, or {@code null}. */
    static void put(JsonObjectBuilder json, String name, @Nullable Object value) {
        if (value == null) {
            json.addNull(name);
        } else {
            json.add(name, value.toString());
        }
    }

    /** Adds a number, or {@code null}. */
    static void number(JsonObjectBuilder json, String name, @Nullable Long value) {
        json.add(name, value == null ? JsonValue.NULL : Json.createValue(value));
    }

    /** Adds a stored JSON object, or {@code null}. */
    static void object(JsonObjectBuilder json, String name, @Nullable String stored) {
        if (stored == null) {
            json.addNull(name);
            return;
        }
        try (JsonReader reader = Json.createReader(new StringReader(stored))) {
            json.add(name, reader.readObject());
        }
    }
}
