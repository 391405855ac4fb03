package org.bascule.web.api;

import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.bascule.domain.idempotency.Creations;
import org.bascule.domain.idempotency.IdempotencyKey;
import org.bascule.domain.idempotency.StoredAnswer;
import org.bascule.domain.identity.Caller;
import org.bascule.web.problem.ProblemException;
import org.bascule.wire.Sha256;
import org.jspecify.annotations.Nullable;

/** Gives the answer of the first request to whoever repeats it with the same {@code Idempotency-Key} (row API-1). */
@Creates
@Interceptor
@Priority(Interceptor.Priority.APPLICATION)
public class CreatesOnce {

    @Inject
    private HttpServletRequest request;

    @Inject
    private CurrentCaller current;

    @Inject
    private Creations creations;

    /** Without the header, the operation as it is. */
    @AroundInvoke
    public @Nullable Object once(InvocationContext operation) throws Exception {
        List<String> keys = Collections.list(request.getHeaders(IdempotencyKey.HEADER));
        if (keys.isEmpty()) {
            return operation.proceed();
        }
        if (keys.size() > 1) {
            throw ProblemException.invalid(IdempotencyKey.HEADER, "Send one key.");
        }
        IdempotencyKey key = IdempotencyKey.parse(keys.get(0));
        // first of all: within the creation's transaction nobody waits for what the client sends
        byte[] fingerprint = BodyDigest.of(request);
        Caller caller = current.get();
        return response(
                creations.once(caller, key, mine(caller, fingerprint), () -> stored((Response) operation.proceed())));
    }

    /** Keys belong to the user. An API token of the user has no answer that the user got, and none of another token. */
    private static byte[] mine(Caller caller, byte[] fingerprint) {
        return caller.credential().isToken()
                ? Sha256.of(
                        fingerprint, String.valueOf(caller.credential().id()).getBytes(StandardCharsets.US_ASCII))
                : fingerprint;
    }

    private static StoredAnswer stored(@Nullable Response response) {
        if (response == null || !(response.getEntity() instanceof String body)) {
            throw new IllegalStateException("what is created answers with a text");
        }
        return new StoredAnswer(
                response.getStatus(),
                response.getHeaderString(HttpHeaders.ETAG),
                response.getHeaderString(HttpHeaders.LOCATION),
                body);
    }

    private static Response response(StoredAnswer answer) {
        Response response = Answers.json(answer.status(), answer.body());
        Response.ResponseBuilder builder = Response.fromResponse(response);
        if (answer.etag() != null) {
            builder.header(HttpHeaders.ETAG, answer.etag());
        }
        if (answer.location() != null) {
            builder.header(HttpHeaders.LOCATION, answer.location());
        }
        return builder.build();
    }
}
