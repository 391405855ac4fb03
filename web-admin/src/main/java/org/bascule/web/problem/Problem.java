package org.bascule.web.problem;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

/**
 * One problem as it is sent.
 *
 * @param detail a sentence for people
 * @param reference 12 hexadecimal digits that the log has too
 * @param errors what is wrong with which field; only with {@link ProblemCode#INVALID}
 * @param retryAfter seconds after which it may be different, for the header {@code Retry-After}; 0 where nobody knows
 */
public record Problem(ProblemCode code, String detail, String reference, List<FieldError> errors, long retryAfter) {

    public static final String MEDIA_TYPE = "application/problem+json";

    private static final SecureRandom RANDOM = new SecureRandom();

    /** A field that cannot be accepted, and why. */
    public record FieldError(String field, String detail) {}

    public Problem {
        errors = List.copyOf(errors);
    }

    public static Problem of(ProblemCode code) {
        return of(code, code.sentence());
    }

    public static Problem of(ProblemCode code, String detail) {
        return new Problem(code, detail, newReference(), List.of(), 0);
    }

    /** The same, with the time to wait; begun seconds are whole ones. */
    public Problem after(Duration wait) {
        return new Problem(code, detail, reference, errors, wait.plusMillis(999).toSeconds());
    }

    public static Problem invalid(List<FieldError> errors) {
        return new Problem(ProblemCode.INVALID, ProblemCode.INVALID.sentence(), newReference(), errors, 0);
    }

    private static String newReference() {
        byte[] bytes = new byte[6];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    public JsonObject json() {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("type", code.type())
                .add("title", code.title())
                .add("status", code.status())
                .add("detail", detail)
                .add("reference", reference);
        if (!errors.isEmpty()) {
            JsonArrayBuilder fields = Json.createArrayBuilder();
            errors.forEach(error -> fields.add(
                    Json.createObjectBuilder().add("field", error.field()).add("detail", error.detail())));
            json.add("errors", fields);
        }
        return json.build();
    }

    /** Makes this problem the whole answer of a request that no JAX-RS resource handles. */
    public void send(HttpServletResponse response) throws IOException {
        byte[] body = json().toString().getBytes(StandardCharsets.UTF_8);
        response.setStatus(code.status());
        response.setContentType(MEDIA_TYPE);
        response.setContentLength(body.length);
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        if (code == ProblemCode.NOT_SIGNED_IN) {
            response.setHeader("WWW-Authenticate", "Bearer realm=\"bascule\"");
        }
        if (retryAfter > 0) {
            response.setHeader("Retry-After", Long.toString(retryAfter));
        }
        response.getOutputStream().write(body);
    }
}
