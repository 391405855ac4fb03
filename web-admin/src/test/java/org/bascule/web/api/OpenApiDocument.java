package org.bascule.web.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The description of the API, parsed. */
record OpenApiDocument(Map<String, Object> root) {

    private static final Set<String> METHODS = Set.of("get", "put", "post", "patch", "delete", "head", "options");

    static OpenApiDocument read() throws IOException {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        return new OpenApiDocument(object(new Yaml(new SafeConstructor(options))
                .load(Files.readString(Path.of("src/main/webapp/WEB-INF/openapi.yaml")))));
    }

    /**
     * One operation.
     *
     * @param parameters its own and those of its path, references resolved
     */
    record Operation(String method, String path, Map<String, Object> json, List<Map<String, Object>> parameters) {

        String name() {
            return method + " " + path;
        }

        Set<String> statuses() {
            return object(json.get("responses")).keySet();
        }

        boolean has(String in, String parameter) {
            return parameters.stream().anyMatch(one -> parameter.equals(one.get("name")) && in.equals(one.get("in")));
        }

        /** Codes of which the caller needs one. */
        List<String> permissions() {
            Object value = Optional.ofNullable(json.get("x-permission")).orElse(List.of());
            return (value instanceof List<?> list ? list : List.of(value))
                    .stream().map(String::valueOf).toList();
        }
    }

    List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        object(root.get("paths")).forEach((path, item) -> object(item).forEach((method, operation) -> {
            if (METHODS.contains(method)) {
                List<Map<String, Object>> parameters = new ArrayList<>();
                parameters.addAll(parameters(object(item)));
                parameters.addAll(parameters(object(operation)));
                operations.add(new Operation(method.toUpperCase(Locale.ROOT), path, object(operation), parameters));
            }
        }));
        return operations;
    }

    private List<Map<String, Object>> parameters(Map<String, Object> owner) {
        return list(owner.get("parameters")).stream()
                .map(parameter -> resolved(object(parameter)))
                .toList();
    }

    /** The members of the JSON object that an operation answers with 200; none where it answers with something else. */
    Map<String, Object> answer(Operation operation) {
        Map<String, Object> answer =
                resolved(object(object(operation.json().get("responses")).get("200")));
        Map<String, Object> json = object(object(answer.get("content")).get("application/json"));
        return members(object(json.get("schema")));
    }

    private Map<String, Object> members(Map<String, Object> schema) {
        Map<String, Object> resolved = resolved(schema);
        Map<String, Object> members = new TreeMap<>();
        list(resolved.get("allOf")).forEach(part -> members.putAll(members(object(part))));
        members.putAll(object(resolved.get("properties")));
        return members;
    }

    /** What a reference stands for, or the object itself. */
    Map<String, Object> resolved(Map<String, Object> value) {
        Object reference = value.get("$ref");
        return reference == null
                ? value
                : target(reference.toString()).orElseThrow(() -> new AssertionError("nothing is at " + reference));
    }

    Optional<Map<String, Object>> target(String reference) {
        if (!reference.startsWith("#/")) {
            return Optional.empty();
        }
        Object at = root;
        for (String step : reference.substring(2).split("/")) {
            at = at instanceof Map<?, ?> map ? map.get(step.replace("~1", "/").replace("~0", "~")) : null;
        }
        return at instanceof Map<?, ?> ? Optional.of(object(at)) : Optional.empty();
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(@Nullable Object value) {
        return value == null ? Map.of() : (Map<String, Object>) value;
    }

    static List<?> list(@Nullable Object value) {
        return value == null ? List.of() : (List<?>) value;
    }
}
