package org.bascule.web.problem;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.bascule.domain.refusal.Language;
import org.bascule.domain.refusal.Sentence;
import org.bascule.domain.refusal.Template;
import org.bascule.wire.Json;

/**
 * One problem as it is sent.
 *
 * @param detail for people
 * @param reference 12 hexadecimal digits that the log has too
 * @param errors what is wrong with which field; only with {@link ProblemCode#INVALID}
 * @param retryAfter seconds after which it may be different, for the header {@code Retry-After}; 0 where nobody knows
 */
public record Problem(ProblemCode code, Sentence detail, String reference, List<FieldError> errors, long retryAfter) {

    public static final String MEDIA_TYPE = "application/problem+json";

    private static final SecureRandom RANDOM = new SecureRandom();

    /** A field that cannot be accepted, and why. */
    public record FieldError(String field, Sentence detail) {}

    public Problem {
        errors = List.copyOf(errors);
    }

    public static Problem of(ProblemCode code) {
        return saying(code, code.sentence());
    }

    /** @param arguments what goes into the template, see {@link Sentence#of} */
    public static Problem of(ProblemCode code, @Template String template, Object... arguments) {
        return saying(code, Sentence.of(template, arguments));
    }

    private static Problem saying(ProblemCode code, Sentence detail) {
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

    /** The problem in the language of whoever asked. */
    public JsonObject json(Language language) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("type", code.type())
                .add("title", code.title().in(language))
                .add("status", code.status())
                .add("detail", detail.in(language))
                .add("reference", reference);
        if (!errors.isEmpty()) {
            JsonArrayBuilder fields = Json.createArrayBuilder();
            errors.forEach(error -> fields.add(Json.createObjectBuilder()
                    .add("field", error.field())
                    .add("detail", error.detail().in(language))));
            json.add("errors", fields);
        }
        return json.build();
    }

    /** Makes this problem the whole answer of a request that no JAX-RS resource handles. */
    public void send(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Language language = Language.preferred(request.getHeader("Accept-Language"));
        byte[] body = json(language).toString().getBytes(StandardCharsets.UTF_8);
        response.setStatus(code.status());
        response.setContentType(MEDIA_TYPE);
        response.setContentLength(body.length);
        response.setHeader("Content-Language", language.code());
        response.addHeader("Vary", "Accept-Language");
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
