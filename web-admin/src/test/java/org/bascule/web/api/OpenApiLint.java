package org.bascule.web.api;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Says where a description breaks OpenAPI 3.0.3: members that an object does not have, types, references, templates, components that nobody uses. */
final class OpenApiLint {

    private static final Pattern TEMPLATE = Pattern.compile("\\{([^}]*)}");

    private static final Map<String, Set<String>> MEMBERS = Map.of(
            "document", Set.of("openapi", "info", "servers", "paths", "components", "security", "tags", "externalDocs"),
            "path", Set.of("summary", "description", "parameters", "get", "put", "post", "patch", "delete", "head"),
            "operation",
                    Set.of(
                            "tags",
                            "summary",
                            "description",
                            "operationId",
                            "parameters",
                            "requestBody",
                            "responses",
                            "deprecated",
                            "security"),
            "parameter",
                    Set.of(
                            "name",
                            "in",
                            "description",
                            "required",
                            "deprecated",
                            "style",
                            "explode",
                            "schema",
                            "example"),
            "body", Set.of("description", "content", "required"),
            "media", Set.of("schema", "example", "examples", "encoding"),
            "response", Set.of("description", "headers", "content", "links"),
            "header", Set.of("description", "required", "schema", "example"),
            "schema",
                    Set.of(
                            "title",
                            "description",
                            "type",
                            "format",
                            "enum",
                            "default",
                            "nullable",
                            "example",
                            "deprecated",
                            "readOnly",
                            "writeOnly",
                            "minimum",
                            "maximum",
                            "exclusiveMinimum",
                            "exclusiveMaximum",
                            "multipleOf",
                            "minLength",
                            "maxLength",
                            "pattern",
                            "items",
                            "minItems",
                            "maxItems",
                            "uniqueItems",
                            "properties",
                            "required",
                            "additionalProperties",
                            "minProperties",
                            "maxProperties",
                            "allOf",
                            "anyOf",
                            "oneOf",
                            "not",
                            "discriminator"),
            "components", Set.of("schemas", "responses", "parameters", "requestBodies", "headers", "securitySchemes"));

    private static final Set<String> TYPES = Set.of("array", "boolean", "integer", "number", "object", "string");

    private final OpenApiDocument document;
    private final List<String> mistakes = new ArrayList<>();
    private final Set<String> used = new HashSet<>();

    private OpenApiLint(OpenApiDocument document) {
        this.document = document;
    }

    /** @return one line for each mistake */
    static List<String> mistakes(OpenApiDocument document) {
        OpenApiLint lint = new OpenApiLint(document);
        lint.document();
        return lint.mistakes;
    }

    private void document() {
        members("document", "document", document.root());
        require(String.valueOf(document.root().get("openapi")).matches("3\\.0\\.\\d"), "document: not OpenAPI 3.0");
        Map<String, Object> info = OpenApiDocument.object(document.root().get("info"));
        require(info.get("title") instanceof String && info.get("version") instanceof String, "info: title, version");
        security("document", document.root().get("security"));
        OpenApiDocument.object(document.root().get("paths"))
                .forEach((path, item) -> path(path, OpenApiDocument.object(item)));
        components();
    }

    private void components() {
        Map<String, Object> components = OpenApiDocument.object(document.root().get("components"));
        members("components", "components", components);
        each(components, "schemas", this::schema);
        each(components, "responses", this::response);
        each(components, "parameters", this::parameter);
        each(components, "requestBodies", this::body);
        each(components, "headers", this::header);
        components.forEach(
                (kind, entries) -> OpenApiDocument.object(entries).keySet().forEach(name -> {
                    String reference = "#/components/" + kind + "/" + name;
                    require(kind.equals("securitySchemes") || used.contains(reference), reference + ": nobody uses it");
                }));
    }

    private interface Check {
        void of(String where, Map<String, Object> value);
    }

    private static void each(Map<String, Object> owner, String member, Check check) {
        OpenApiDocument.object(owner.get(member))
                .forEach((name, value) -> check.of(member + "/" + name, OpenApiDocument.object(value)));
    }

    private void path(String path, Map<String, Object> item) {
        members("path", path, item);
        require(path.startsWith("/") && !path.endsWith("/"), path + ": form of the path");
        parameters(path, item);
        for (String method : List.of("get", "put", "post", "patch", "delete", "head")) {
            if (item.containsKey(method)) {
                operation(method + " " + path, OpenApiDocument.object(item.get(method)));
            }
        }
    }

    private void operation(String where, Map<String, Object> operation) {
        members("operation", where, operation);
        require(operation.get("summary") instanceof String, where + ": no summary");
        parameters(where, operation);
        security(where, operation.get("security"));
        if (operation.containsKey("requestBody")) {
            require(!where.startsWith("get ") && !where.startsWith("delete "), where + ": a body");
            body(where, OpenApiDocument.object(operation.get("requestBody")));
        }
        Map<String, Object> responses = OpenApiDocument.object(operation.get("responses"));
        require(!responses.isEmpty(), where + ": no responses");
        responses.forEach((status, response) -> {
            require(status.matches("[1-5]\\d\\d|default"), where + ": status " + status);
            response(where + " " + status, OpenApiDocument.object(response));
        });
        document.operations().stream()
                .filter(one -> one.name().equalsIgnoreCase(where))
                .forEach(this::templates);
    }

    private void templates(OpenApiDocument.Operation operation) {
        Set<String> inPath = new TreeSet<>();
        Matcher matcher = TEMPLATE.matcher(operation.path());
        while (matcher.find()) {
            inPath.add(matcher.group(1));
        }
        Set<String> declared = new TreeSet<>();
        Set<String> seen = new HashSet<>();
        for (Map<String, Object> parameter : operation.parameters()) {
            if ("path".equals(parameter.get("in"))) {
                declared.add(String.valueOf(parameter.get("name")));
            }
            require(
                    seen.add(parameter.get("in") + " " + parameter.get("name")),
                    operation.name() + ": twice " + parameter.get("name"));
        }
        require(inPath.equals(declared), operation.name() + ": path has " + inPath + ", declared are " + declared);
    }

    private void parameters(String where, Map<String, Object> owner) {
        for (Object parameter : OpenApiDocument.list(owner.get("parameters"))) {
            parameter(where, OpenApiDocument.object(parameter));
        }
    }

    private void parameter(String where, Map<String, Object> parameter) {
        if (reference(where, parameter, "parameters")) {
            return;
        }
        String name = where + " " + parameter.get("name");
        members("parameter", name, parameter);
        Object in = parameter.get("in");
        require(Set.of("path", "query", "header", "cookie").contains(String.valueOf(in)), name + ": in " + in);
        require(!"path".equals(in) || Boolean.TRUE.equals(parameter.get("required")), name + ": not required");
        require(parameter.containsKey("schema"), name + ": no schema");
        schema(name, OpenApiDocument.object(parameter.get("schema")));
    }

    private void body(String where, Map<String, Object> body) {
        if (!reference(where, body, "requestBodies")) {
            members("body", where, body);
            require(!OpenApiDocument.object(body.get("content")).isEmpty(), where + ": a body without content");
            content(where, body);
        }
    }

    private void response(String where, Map<String, Object> response) {
        if (!reference(where, response, "responses")) {
            members("response", where, response);
            require(response.get("description") instanceof String, where + ": no description");
            each(response, "headers", this::header);
            content(where, response);
        }
    }

    private void header(String where, Map<String, Object> header) {
        if (!reference(where, header, "headers")) {
            members("header", where, header);
            schema(where, OpenApiDocument.object(header.get("schema")));
        }
    }

    private void content(String where, Map<String, Object> owner) {
        OpenApiDocument.object(owner.get("content")).forEach((type, media) -> {
            require(type.matches("[a-z]+/[a-z0-9.+*-]+"), where + ": media type " + type);
            members("media", where, OpenApiDocument.object(media));
            schema(where, OpenApiDocument.object(OpenApiDocument.object(media).get("schema")));
        });
    }

    private void schema(String where, Map<String, Object> schema) {
        if (reference(where, schema, "schemas")) {
            return;
        }
        members("schema", where, schema);
        Object type = schema.get("type");
        require(type == null || TYPES.contains(String.valueOf(type)), where + ": type " + type);
        require(!"array".equals(type) || schema.containsKey("items"), where + ": an array without items");
        require(!schema.containsKey("nullable") || type != null, where + ": nullable without a type");
        require(!(schema.get("enum") instanceof List<?> list) || !list.isEmpty(), where + ": an empty enum");
        pattern(where, schema.get("pattern"));
        for (Object name : OpenApiDocument.list(schema.get("required"))) {
            require(
                    OpenApiDocument.object(schema.get("properties")).containsKey(String.valueOf(name)),
                    where + ": required, but no property: " + name);
        }
        OpenApiDocument.object(schema.get("properties"))
                .forEach((name, property) -> schema(where + "." + name, OpenApiDocument.object(property)));
        if (schema.containsKey("items")) {
            schema(where + "[]", OpenApiDocument.object(schema.get("items")));
        }
        if (schema.get("additionalProperties") instanceof Map<?, ?> values) {
            schema(where + ".*", OpenApiDocument.object(values));
        }
        for (String several : List.of("allOf", "anyOf", "oneOf")) {
            for (Object part : OpenApiDocument.list(schema.get(several))) {
                schema(where, OpenApiDocument.object(part));
            }
        }
    }

    private void pattern(String where, @Nullable Object pattern) {
        try {
            if (pattern != null) {
                Pattern.compile(pattern.toString());
            }
        } catch (PatternSyntaxException e) {
            mistakes.add(where + ": pattern " + pattern);
        }
    }

    private void security(String where, @Nullable Object security) {
        Map<String, Object> schemes = OpenApiDocument.object(
                OpenApiDocument.object(document.root().get("components")).get("securitySchemes"));
        for (Object requirement : OpenApiDocument.list(security)) {
            OpenApiDocument.object(requirement)
                    .keySet()
                    .forEach(name -> require(schemes.containsKey(name), where + ": security " + name));
        }
    }

    /** Whether it is a reference; one that leads nowhere, or to another kind of thing, is a mistake. */
    private boolean reference(String where, Map<String, Object> value, String kind) {
        Object reference = value.get("$ref");
        if (reference == null) {
            return false;
        }
        used.add(reference.toString());
        require(
                reference.toString().startsWith("#/components/" + kind + "/")
                        && document.target(reference.toString()).isPresent(),
                where + ": nothing is at " + reference);
        require(value.size() == 1, where + ": members beside $ref");
        return true;
    }

    private void members(String kind, String where, Map<String, Object> value) {
        for (String member : value.keySet()) {
            require(
                    member.startsWith("x-")
                            || MEMBERS.getOrDefault(kind, Set.of()).contains(member),
                    where + ": " + kind + " has no " + member);
        }
    }

    private void require(boolean condition, String mistake) {
        if (!condition) {
            mistakes.add(mistake);
        }
    }
}
