package org.bascule.web.api;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import org.bascule.domain.idempotency.IdempotencyKey;

/** Digests the body of a creation while it is read, however long it is, so that a repetition can be told from another request. */
final class BodyDigest implements ContainerRequestFilter {

    private static final String PROPERTY = BodyDigest.class.getName();
    private static final int BUFFER = 8_192;

    /** Before the operations with {@link Creates}. That annotation binds an interceptor, so the filter itself must not carry it. */
    @Provider
    public static class Binding implements DynamicFeature {

        @Override
        public void configure(ResourceInfo operation, FeatureContext context) {
            if (operation.getResourceMethod().isAnnotationPresent(Creates.class)) {
                context.register(new BodyDigest());
            }
        }
    }

    @Override
    public void filter(ContainerRequestContext context) {
        if (context.getHeaderString(IdempotencyKey.HEADER) == null) {
            return;
        }
        MessageDigest digest = sha256();
        digest.update((context.getMethod() + "\n"
                        + context.getUriInfo().getRequestUri().getRawPath() + "\n"
                        + context.getUriInfo().getRequestUri().getRawQuery() + "\n" + context.getMediaType() + "\n")
                .getBytes(StandardCharsets.UTF_8));
        Body body = new Body(context.getEntityStream(), digest);
        context.setEntityStream(body);
        context.setProperty(PROPERTY, body);
    }

    /** SHA-256 over method, path, query, type and body of the present request; reads what is left of the body. */
    static byte[] of(jakarta.servlet.http.HttpServletRequest request) throws IOException {
        return Optional.ofNullable((Body) request.getAttribute(PROPERTY))
                .orElseThrow(() -> new IllegalStateException("the filter did not run"))
                .digest();
    }

    /**
     * Readers of JSON close it behind the value, before the end; what is left is read with the digest, and not at all where an operation does not begin:
     * whoever is refused in the middle of a body has the answer at once.
     */
    private static final class Body extends DigestInputStream {

        Body(InputStream body, MessageDigest digest) {
            super(body, digest);
        }

        @Override
        public void close() {
            // see above; the container closes what it gave
        }

        byte[] digest() throws IOException {
            byte[] buffer = new byte[BUFFER];
            long left = BodyLimit.IMPORT;
            for (int count = read(buffer); count >= 0 && left > 0; count = read(buffer)) {
                left -= count;
            }
            return getMessageDigest().digest();
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
