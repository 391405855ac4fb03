package org.bascule.system;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.bascule.system.ApiDescription.Call;
import org.bascule.system.ApiDescription.Extent;
import org.bascule.system.ApiDescription.Operation;
import org.bascule.system.ApiDescription.Slot;

/**
 * What one domain has of each kind, made when it is first needed: by the operation that creates things in a list, as the description says it, or
 * in a way of its own where there is none.
 */
final class WalkThings {

    private static final List<String> IDENTIFIERS = List.of("id", "uid", "sid");

    private final ApiDescription description;
    private final Api by;
    private final String marker;
    private final String rootFolder;
    private final Map<String, Supplier<String>> others = new HashMap<>();
    private final Map<String, String> ids = new HashMap<>();

    WalkThings(ApiDescription description, Api by, String marker) {
        this.description = description;
        this.by = by;
        this.marker = marker;
        this.rootFolder = by.rootFolder();
    }

    /** How things of a list come about that no operation of that path creates. */
    WalkThings with(String list, Supplier<String> way) {
        others.put(list, way);
        return this;
    }

    /** By an operation whose path is not that of the list: several may be made by it, so each has a name of its own. */
    WalkThings createdAt(String list, String path) {
        String name = marker + "-" + others.size();
        return with(list, () -> created(list, path, by, name));
    }

    WalkThings createdBy(String list, Api somebody) {
        return with(list, () -> created(list, list, somebody, marker));
    }

    String rootFolder() {
        return rootFolder;
    }

    Map<String, String> all() {
        return Map.copyOf(ids);
    }

    /** Empty where this domain cannot have such a thing. */
    Optional<String> find(Slot slot) {
        String list = slot.list();
        if (!ids.containsKey(list)) {
            Supplier<String> other = others.get(list);
            if (other != null) {
                ids.put(list, other.get());
            } else if (description.operation("POST", list).isPresent()) {
                ids.put(list, created(list, list, by, marker));
            }
        }
        return Optional.ofNullable(ids.get(list));
    }

    String get(Slot slot) {
        return find(slot)
                .orElseThrow(() -> new AssertionError("nothing makes a thing of " + slot.list() + " for "
                        + slot.in() + " parameter " + slot.name() + ": describe POST " + slot.list()
                        + ", or tell the walk how such a thing comes about"));
    }

    private String created(String list, String path, Api somebody, String name) {
        Operation operation = description.operation("POST", path).orElseThrow();
        // a folder is made in another folder
        Call call = description.call(
                operation, Extent.REQUIRED, name, slot -> slot.list().equals(list) ? rootFolder : get(slot));
        HttpResponse<String> answer = somebody.post(call.target(), call.body().orElse(""));
        if (answer.statusCode() != 201 && answer.statusCode() != 202) {
            throw new AssertionError("%s as the description says it, with %s, answered %d: %s"
                    .formatted(operation, call.body(), answer.statusCode(), answer.body()));
        }
        JsonObject made = Api.json(answer);
        if (made.containsKey("items")) {
            made = made.getJsonArray("items").getJsonObject(0);
        }
        JsonObject thing = made;
        return IDENTIFIERS.stream()
                .filter(thing::containsKey)
                .findFirst()
                .map(thing::getString)
                .orElseThrow(() -> new AssertionError(operation + " answered without an identifier: " + thing));
    }

    /** A request body of plain texts. */
    static String body(String... namesAndValues) {
        var body = Json.createObjectBuilder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            body.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        return body.build().toString();
    }
}
