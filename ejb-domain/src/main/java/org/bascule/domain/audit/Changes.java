package org.bascule.domain.audit;

import jakarta.json.JsonObjectBuilder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;

/** What a change did to a resource: field by field the value before and after, in the order in which they were named. Equal ones are left out. */
public final class Changes {

    private record Values(@Nullable String before, @Nullable String after) {}

    private final Map<String, Values> fields = new LinkedHashMap<>();

    /** Nothing yet. */
    public static Changes none() {
        return new Changes();
    }

    /**
     * Names a field.
     *
     * @param name one of {@link FieldNames}
     * @param before null if there was none
     * @param after null if there is none
     */
    public Changes field(String name, @Nullable Object before, @Nullable Object after) {
        assert FieldNames.ALL.contains(name) : "no page has a text for the field " + name;
        String textBefore = before == null ? null : before.toString();
        String textAfter = after == null ? null : after.toString();
        if (!Objects.equals(textBefore, textAfter)) {
            fields.put(name, new Values(textBefore, textAfter));
        }
        return this;
    }

    /**
     * Where something is, or what is meant by it.
     *
     * @param path as people know it: {@code /} is the root folder, {@code /Customer/Plant\/7} is two levels below it
     */
    public record Place(String id, String path) {

        /** The root folder. */
        public static Place root(String id) {
            return new Place(id, "/");
        }
    }

    /** Names a field that says where something is: by its path, and by its id in a field of the same name and {@code Id}. */
    public Changes place(String name, @Nullable Place before, @Nullable Place after) {
        field(name, before == null ? null : before.path(), after == null ? null : after.path());
        return field(name + "Id", before == null ? null : before.id(), after == null ? null : after.id());
    }

    /** The name that something had before it got another one. */
    Optional<String> formerName() {
        return Optional.ofNullable(fields.get("name"))
                .filter(name -> name.after() != null && !name.after().isEmpty())
                .map(Values::before)
                .filter(name -> !name.isEmpty());
    }

    public boolean isEmpty() {
        return fields.isEmpty();
    }

    /** {@code {"name":{"before":"a","after":"b"},…}}; without members if nothing changed. */
    public String json() {
        JsonObjectBuilder json = Json.createObjectBuilder();
        fields.forEach((name, values) -> {
            JsonObjectBuilder value = Json.createObjectBuilder();
            put(value, "before", values.before());
            put(value, "after", values.after());
            json.add(name, value);
        });
        return json.build().toString();
    }

    private static void put(JsonObjectBuilder json, String name, @Nullable String value) {
        if (value == null) {
            json.addNull(name);
        } else {
            json.add(name, value);
        }
    }
}
