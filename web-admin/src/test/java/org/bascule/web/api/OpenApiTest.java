package org.bascule.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.idempotency.IdempotencyKey;
import org.bascule.web.api.OpenApiDocument.Operation;
import org.bascule.wire.StrictJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The description is valid OpenAPI, names every operation of the resources and no other, and says of each who may call it. */
class OpenApiTest {

    private static final Set<String> NOT_PERMISSIONS = Set.of("public", "signed-in", "own");

    private final OpenApiDocument document;
    private final Map<String, Method> offered;

    OpenApiTest() throws Exception {
        document = OpenApiDocument.read();
        offered = offered();
    }

    private static Map<String, Method> offered() throws Exception {
        Map<String, Method> operations = new TreeMap<>();
        for (Class<?> resource : resources()) {
            String base = "/api" + path(resource.getAnnotation(Path.class));
            for (Method method : resource.getDeclaredMethods()) {
                for (Annotation annotation : method.getAnnotations()) {
                    HttpMethod http = annotation.annotationType().getAnnotation(HttpMethod.class);
                    if (http != null) {
                        String name = http.value() + " " + base + path(method.getAnnotation(Path.class));
                        assertThat(operations.put(name, method)).as(name).isNull();
                    }
                }
            }
        }
        return operations;
    }

    /** Every class of the application with a path, wherever it is. */
    private static List<Class<?>> resources() throws Exception {
        java.nio.file.Path classes = java.nio.file.Path.of(AuditResource.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<Class<?>> resources = new ArrayList<>();
        try (Stream<java.nio.file.Path> files = Files.walk(classes)) {
            for (java.nio.file.Path file :
                    files.filter(one -> one.toString().endsWith(".class")).toList()) {
                String name =
                        classes.relativize(file).toString().replace('/', '.').replaceFirst("\\.class$", "");
                Class<?> type = Class.forName(name, false, OpenApiTest.class.getClassLoader());
                if (type.isAnnotationPresent(Path.class)) {
                    resources.add(type);
                }
            }
        }
        assertThat(resources).hasSizeGreaterThanOrEqualTo(10).contains(DeviceResource.class);
        return resources;
    }

    private static String path(Path path) {
        return path == null ? "" : path.value().startsWith("/") ? path.value() : "/" + path.value();
    }

    private Method method(Operation operation) {
        return Objects.requireNonNull(offered.get(operation.name()), operation.name());
    }

    @Test
    void isValid() {
        assertThat(OpenApiLint.mistakes(document)).isEmpty();
    }

    /** The lint finds what it is there for. */
    @ParameterizedTest
    @CsvSource({
        "/paths/~1api~1me/get/sumary, x, 'get /api/me: operation has no sumary'",
        "/openapi, 2.0, 'document: not OpenAPI 3.0'",
        "/components/schemas/Me/type, obj, 'schemas/Me: type obj'",
        "/components/schemas/Unused/type, object, '#/components/schemas/Unused: nobody uses it'",
        "/components/schemas/Name/pattern, '[', 'schemas/Name: pattern ['"
    })
    void lintFindsMistakes(String where, String value, String mistake) throws IOException {
        OpenApiDocument broken = OpenApiDocument.read();
        Map<String, Object> at = broken.root();
        String[] steps = where.substring(1).split("/");
        for (int i = 0; i < steps.length - 1; i++) {
            String step = steps[i].replace("~1", "/");
            at = OpenApiDocument.object(at.computeIfAbsent(step, key -> new TreeMap<String, Object>()));
        }
        at.put(steps[steps.length - 1], value);
        assertThat(OpenApiLint.mistakes(broken)).contains(mistake);
    }

    @Test
    void describesEveryOperation() {
        Set<String> described = new TreeSet<>(
                document.operations().stream().map(Operation::name).toList());
        assertThat(described).isEqualTo(offered.keySet());
    }

    /** Query parameters and {@code If-Match}, so that nothing undocumented is read and nothing documented is ignored. */
    @Test
    void describesEveryParameter() {
        for (Operation operation : document.operations()) {
            Set<String> read = new TreeSet<>();
            for (Parameter parameter : method(operation).getParameters()) {
                if (parameter.isAnnotationPresent(BeanParam.class)) {
                    for (Field field : parameter.getType().getDeclaredFields()) {
                        read.add(
                                "query " + field.getAnnotation(QueryParam.class).value());
                    }
                }
                if (parameter.isAnnotationPresent(QueryParam.class)) {
                    read.add(
                            "query " + parameter.getAnnotation(QueryParam.class).value());
                } else if (parameter.isAnnotationPresent(HeaderParam.class)) {
                    read.add("header "
                            + parameter.getAnnotation(HeaderParam.class).value());
                }
            }
            Set<String> described = new TreeSet<>(operation.parameters().stream()
                    .filter(one -> "query".equals(one.get("in")) || "If-Match".equals(one.get("name")))
                    .map(one -> one.get("in") + " " + one.get("name"))
                    .toList());
            assertThat(described).as(operation.name()).isEqualTo(read);
        }
    }

    @Test
    void saysWhoMayCallWhat() {
        for (Operation operation : document.operations()) {
            List<String> permissions = operation.permissions();
            assertThat(permissions).as(operation.name() + " needs x-permission").isNotEmpty();
            assertThat(permissions).as(operation.name()).allSatisfy(code -> assertThat(NOT_PERMISSIONS.contains(code)
                            || Permission.ofCode(code).isPresent())
                    .as(code)
                    .isTrue());
            boolean open = List.of().equals(operation.json().get("security"));
            assertThat(permissions.contains("public")).as(operation.name()).isEqualTo(open);
        }
    }

    /** Whatever answers 201 or 202 to a user can be repeated without creating twice. */
    @Test
    void everyCreationTakesAnIdempotencyKey() {
        for (Operation operation : document.operations()) {
            boolean creates = operation.method().equals("POST")
                    && !operation.permissions().contains("public")
                    && (operation.statuses().contains("201")
                            || operation.statuses().contains("202"));
            Method method = method(operation);
            assertThat(method.isAnnotationPresent(Creates.class))
                    .as(operation.name() + ": @Creates")
                    .isEqualTo(creates);
            assertThat(operation.has("header", IdempotencyKey.HEADER))
                    .as(operation.name() + ": parameter " + IdempotencyKey.HEADER)
                    .isEqualTo(creates);
            if (creates) {
                assertThat(method.getReturnType()).as(operation.name()).isEqualTo(Response.class);
            }
        }
    }

    @Test
    void everyOperationCanAnswerWithAProblem() {
        for (Operation operation : document.operations()) {
            assertThat(operation.statuses()).as(operation.name()).contains("default");
        }
    }

    /** What nothing here bounds: how deep folders are nested, in how many groups somebody was put, and what the identity provider keeps. */
    private static final Set<String> UNBOUNDED = Set.of(
            "GET /api/folders/{id}: path",
            "GET /api/users/{id}: groups",
            "GET /api/users/{id}/account: factors",
            "GET /api/me/factors: items");

    /** A list either has pages or says how long it may become. */
    @Test
    void everyListIsReadInPagesOrIsShort() {
        Set<String> unbounded = new TreeSet<>();
        int pages = 0;
        for (Operation operation : document.operations()) {
            boolean paged = operation.has("query", "cursor") && operation.has("query", "limit");
            Map<String, Object> members = operation.method().equals("GET") ? document.answer(operation) : Map.of();
            for (Map.Entry<String, Object> member : members.entrySet()) {
                Map<String, Object> schema = document.resolved(OpenApiDocument.object(member.getValue()));
                if (!"array".equals(schema.get("type"))) {
                    continue;
                }
                if (paged && member.getKey().equals("items")) {
                    pages++;
                    assertThat(members).as(operation.name()).containsKey("next");
                } else if (!schema.containsKey("maxItems")) {
                    unbounded.add(operation.name() + ": " + member.getKey());
                }
            }
        }
        assertThat(unbounded).isEqualTo(new TreeSet<>(UNBOUNDED));
        assertThat(pages).isGreaterThan(20);
        assertThat(Permission.values()).as("maxItems of the catalogue").hasSizeLessThanOrEqualTo(64);
    }

    /** What changes nothing, or is recorded with the session or the machine that it belongs to. */
    private static final Set<String> NO_ATTEMPTS = Set.of(
            "POST /api/access/preview",
            "POST /api/devices/deletion",
            "POST /api/enrol",
            "POST /api/enrol/reset",
            "POST /api/pair",
            "POST /api/pair/{id}",
            "POST /api/relays/heartbeat",
            "POST /api/relays/traffic",
            "PUT /api/sessions/{sid}/handshake",
            "POST /api/sessions/{sid}/relays");

    @Test
    void everyChangeIsAnAttemptWhoseRefusalIsRecorded() {
        Set<String> without = new TreeSet<>();
        offered.forEach((name, method) -> {
            Attempts attempt = method.getAnnotation(Attempts.class);
            if (attempt == null && !name.startsWith("GET ")) {
                without.add(name);
            }
            if (attempt != null) {
                assertThat(name).doesNotStartWith("GET ");
                assertThat(attempt.value()).as(name).isNotEqualTo(org.bascule.domain.audit.Operation.ACCESS);
            }
        });
        assertThat(without).isEqualTo(new TreeSet<>(NO_ATTEMPTS));
    }

    @Test
    void resourceOfAnAttemptIsInThePathOrInTheBody() throws Exception {
        String id = "0190a1b2-0000-7000-8000-000000000001";
        Method delete = Objects.requireNonNull(offered.get("DELETE /api/folders/{id}"));
        assertThat(RefusalsRecorded.resource("id", delete, new Object[] {id, "\"1\""}))
                .isEqualTo(id);
        Method create = Objects.requireNonNull(offered.get("POST /api/folders"));
        StrictJson body = StrictJson.parse("{\"parent\":\"" + id + "\",\"name\":7}", 100);
        assertThat(RefusalsRecorded.resource("parent", create, new Object[] {body}))
                .isEqualTo(id);
        assertThat(RefusalsRecorded.resource("name", create, new Object[] {body}))
                .isNull();
        Set<String> unnamed = new TreeSet<>();
        offered.forEach((name, method) -> {
            Attempts attempt = method.getAnnotation(Attempts.class);
            if (attempt != null && name.contains("{" + attempt.on() + "}")) {
                Object[] values = Stream.of(method.getParameters())
                        .map(parameter -> parameter.isAnnotationPresent(jakarta.ws.rs.PathParam.class) ? id : null)
                        .toArray();
                if (!id.equals(RefusalsRecorded.resource(attempt.on(), method, values))) {
                    unnamed.add(name);
                }
            }
        });
        assertThat(unnamed).isEmpty();
    }
}
