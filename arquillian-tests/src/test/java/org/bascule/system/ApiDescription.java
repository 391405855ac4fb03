package org.bascule.system;

import jakarta.json.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The API as the running server describes it, and calls that are built from the description alone. */
final class ApiDescription {

    /** What every path may carry. */
    static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE");

    /** In which part of a document things of a name are found: the path of their list. */
    private static final Map<String, String> LISTS = Map.ofEntries(
            Map.entry("folder", "/api/folders"),
            Map.entry("folders", "/api/folders"),
            Map.entry("parent", "/api/folders"),
            Map.entry("resource", "/api/folders"),
            Map.entry("device", "/api/devices"),
            Map.entry("devices", "/api/devices"),
            Map.entry("uid", "/api/devices"),
            Map.entry("user", "/api/users"),
            Map.entry("principal", "/api/users"),
            Map.entry("principals", "/api/users"),
            Map.entry("member", "/api/users"),
            Map.entry("breakGlass", "/api/users"),
            Map.entry("group", "/api/groups"),
            Map.entry("ours", "/api/groups"),
            Map.entry("remove", "/api/access/entries"));

    private static final int MAX_DEPTH = 12;

    private final Map<String, Object> root;

    ApiDescription(String yaml) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        this.root = object(new Yaml(new SafeConstructor(options)).load(yaml));
    }

    /**
     * One operation.
     *
     * @param permissions of which the caller needs one; or {@code public}, {@code signed-in}, {@code own}
     * @param parameters its own and those of its path, references resolved
     * @param contents media types of the body with their schemas; empty if it has no body
     */
    record Operation(
            String method,
            String path,
            List<String> permissions,
            List<Map<String, Object>> parameters,
            Map<String, Map<String, Object>> contents) {

        String name() {
            return method + " " + path;
        }

        boolean isPublic() {
            return permissions.contains("public");
        }

        boolean changes() {
            return !method.equals("GET");
        }

        boolean needsVersion() {
            return parameters.stream().anyMatch(one -> "If-Match".equals(one.get("name")));
        }

        boolean demandsVersion() {
            return parameters.stream()
                    .anyMatch(one -> "If-Match".equals(one.get("name")) && Boolean.TRUE.equals(one.get("required")));
        }

        Optional<String> contentType() {
            return contents.keySet().stream().findFirst();
        }

        @Override
        public String toString() {
            return name();
        }
    }

    /** A place in a call where something is named, such as {@code path id of /api/folders}. */
    record Slot(String in, String name, String list) {}

    /**
     * A call, ready to be sent.
     *
     * @param slots where it names things, in their order
     * @param sent the identifiers that it carries
     */
    record Call(Operation operation, String target, Optional<String> body, List<Slot> slots, List<String> sent) {}

    /** Which thing a call names in a place. */
    interface Choice {
        String id(Slot slot);
    }

    /** How much a call says: what it must, or everything that it may. */
    enum Extent {
        REQUIRED,
        EVERYTHING
    }

    List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        object(root.get("paths")).forEach((path, item) -> object(item).forEach((name, operation) -> {
            String method = name.toUpperCase(Locale.ROOT);
            if (METHODS.contains(method)) {
                operations.add(operation(method, path, object(item), object(operation)));
            }
        }));
        return operations;
    }

    Optional<Operation> operation(String method, String path) {
        return operations().stream()
                .filter(one -> one.method().equals(method) && one.path().equals(path))
                .findFirst();
    }

    private Operation operation(String method, String path, Map<String, Object> item, Map<String, Object> json) {
        List<Map<String, Object>> parameters = new ArrayList<>();
        for (Map<String, Object> owner : List.of(item, json)) {
            list(owner.get("parameters")).forEach(one -> parameters.add(resolved(object(one))));
        }
        Object permission = json.get("x-permission");
        if (permission == null) {
            throw new AssertionError(method + " " + path + " does not say who may call it");
        }
        Map<String, Map<String, Object>> contents = new LinkedHashMap<>();
        if (json.get("requestBody") != null) {
            object(resolved(object(json.get("requestBody"))).get("content"))
                    .forEach((type, media) ->
                            contents.put(type, object(object(media).get("schema"))));
        }
        List<String> permissions = permission instanceof List<?> many
                ? many.stream().map(String::valueOf).toList()
                : List.of(permission.toString());
        return new Operation(method, path, permissions, parameters, contents);
    }

    /** A call whose names for things are chosen by the caller, and that the description says is valid. */
    Call call(Operation operation, Extent extent, String marker, Choice choice) {
        return new Builder(operation, extent, marker, choice).build();
    }

    /** The list that a path parameter picks from: the one that its name stands for, or the path before it. */
    private static String listOf(String path, String parameter) {
        return LISTS.getOrDefault(parameter, path.substring(0, path.indexOf("/{" + parameter + "}")));
    }

    private Map<String, Object> resolved(Map<String, Object> value) {
        Object reference = value.get("$ref");
        if (reference == null) {
            return value;
        }
        Object target = root;
        for (String step : reference.toString().substring(2).split("/")) {
            target = object(target).get(step);
        }
        return resolved(object(target));
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Object value) {
        if (!(value instanceof Map)) {
            throw new AssertionError("no object in the description: " + value);
        }
        return (Map<String, Object>) value;
    }

    private static List<?> list(Object value) {
        return value == null ? List.of() : (List<?>) value;
    }

    static String encoded(Object value) {
        return URLEncoder.encode(value.toString(), StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Makes one call. */
    private final class Builder {

        private final Operation operation;
        private final Extent extent;
        private final String marker;
        private final Choice choice;
        private final List<Slot> slots = new ArrayList<>();
        private final List<String> sent = new ArrayList<>();

        Builder(Operation operation, Extent extent, String marker, Choice choice) {
            this.operation = operation;
            this.extent = extent;
            this.marker = marker;
            this.choice = choice;
        }

        Call build() {
            String target = operation.path();
            StringBuilder query = new StringBuilder();
            for (Map<String, Object> parameter : operation.parameters()) {
                String name = parameter.get("name").toString();
                Map<String, Object> schema = resolved(object(parameter.get("schema")));
                boolean required = Boolean.TRUE.equals(parameter.get("required"));
                switch (parameter.get("in").toString()) {
                    case "path" ->
                        target = target.replace(
                                "{" + name + "}", encoded(thing("path", name, listOf(operation.path(), name))));
                    case "query" -> {
                        if (required || names(name, schema)) {
                            query.append(query.isEmpty() ? '?' : '&')
                                    .append(name)
                                    .append('=')
                                    .append(encoded(value("query", name, schema, 0)));
                        }
                    }
                    default -> {
                        // headers are the walk's own concern
                    }
                }
            }
            if (target.contains("{")) {
                throw new AssertionError(operation + ": a path parameter is not described");
            }
            Optional<String> body = operation.contents().entrySet().stream()
                    .findFirst()
                    .map(content -> body(content.getKey(), content.getValue()));
            return new Call(operation, target + query, body, List.copyOf(slots), List.copyOf(sent));
        }

        /** Optional ones too, where they name a thing: that is what the walk is about. */
        private boolean names(String name, Map<String, Object> schema) {
            return extent == Extent.EVERYTHING && (LISTS.containsKey(name) || "uuid".equals(schema.get("format")));
        }

        private String body(String type, Map<String, Object> schema) {
            Map<String, Object> resolved = resolved(schema);
            if (!type.equals("application/json")) {
                Object example = resolved.get("example");
                if (example == null) {
                    throw new AssertionError(operation + ": a body of type " + type + " needs an example");
                }
                return example.toString();
            }
            return json(value("body", "", resolved, 0));
        }

        private String thing(String in, String name, String list) {
            Slot slot = new Slot(in, name, list);
            slots.add(slot);
            String id = choice.id(slot);
            sent.add(id);
            return id;
        }

        private Object value(String in, String name, Map<String, Object> unresolved, int depth) {
            if (depth > MAX_DEPTH) {
                throw new AssertionError(operation + ": the schema of " + name + " has no end");
            }
            Map<String, Object> schema = resolved(unresolved);
            if (schema.get("example") != null) {
                return schema.get("example");
            }
            if (schema.get("enum") != null) {
                return list(schema.get("enum")).get(0);
            }
            if (schema.get("allOf") != null) {
                Map<String, Object> all = new LinkedHashMap<>();
                list(schema.get("allOf")).forEach(part -> all.putAll(object(value(in, name, object(part), depth + 1))));
                return all;
            }
            if (schema.get("oneOf") != null) {
                List<?> choices = list(schema.get("oneOf"));
                int chosen = extent == Extent.REQUIRED ? choices.size() - 1 : choices.size() / 2;
                return value(in, name, object(choices.get(chosen)), depth + 1);
            }
            return switch (String.valueOf(schema.get("type"))) {
                case "object" -> members(in, schema, depth);
                case "array" -> List.of(value(in, name, object(schema.get("items")), depth + 1));
                case "boolean" -> Boolean.TRUE;
                case "integer", "number" -> schema.getOrDefault("minimum", 1);
                case "string" -> text(in, name, schema);
                default -> throw new AssertionError(operation + ": no value for " + in + " " + name + " " + schema);
            };
        }

        private Map<String, Object> members(String in, Map<String, Object> schema, int depth) {
            Map<String, Object> members = new LinkedHashMap<>();
            List<?> required = list(schema.get("required"));
            if (schema.get("properties") != null) {
                object(schema.get("properties")).forEach((name, property) -> {
                    if (extent == Extent.EVERYTHING || required.contains(name)) {
                        members.put(name, value(in, name, object(property), depth + 1));
                    }
                });
            }
            return members;
        }

        private Object text(String in, String name, Map<String, Object> schema) {
            String format = String.valueOf(schema.get("format"));
            if (format.equals("date-time")) {
                long hours = Set.of("to", "until").contains(name) ? 24 : 1;
                return Instant.now()
                        .truncatedTo(ChronoUnit.SECONDS)
                        .plus(Duration.ofHours(in.equals("query") ? hours - 24 : hours))
                        .toString();
            }
            if (LISTS.containsKey(name)) {
                return thing(in, name, LISTS.get(name));
            }
            if (format.equals("uuid")) {
                if (!name.equals("id")) {
                    throw new AssertionError(operation + ": which thing does " + in + " " + name + " name?");
                }
                return thing(in, name, operation.path());
            }
            if (schema.get("pattern") != null) {
                throw new AssertionError(operation + ": " + in + " " + name + " needs an example beside its pattern");
            }
            int length = Math.min(marker.length(), ((Number) schema.getOrDefault("maxLength", 1_000)).intValue());
            return marker.substring(0, length);
        }
    }

    /** JSON of maps, lists and plain values. */
    static String json(Object value) {
        if (value instanceof Map<?, ?> members) {
            return members.entrySet().stream()
                    .map(one -> jsonText(one.getKey().toString()) + ":" + json(one.getValue()))
                    .collect(Collectors.joining(",", "{", "}"));
        }
        if (value instanceof List<?> items) {
            return items.stream().map(ApiDescription::json).collect(Collectors.joining(",", "[", "]"));
        }
        return value instanceof String text ? jsonText(text) : String.valueOf(value);
    }

    private static String jsonText(String text) {
        return Json.createValue(text).toString();
    }
}
