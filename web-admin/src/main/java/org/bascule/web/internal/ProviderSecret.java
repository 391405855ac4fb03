package org.bascule.web.internal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the provider within Keycloak shows to be it. Compared in constant time; without one nobody is it. */
final class ProviderSecret {

    private static final String SCHEME = "Bearer ";
    private static final int MIN = 16;

    private final Optional<byte[]> secret;

    /** @throws IllegalArgumentException for a secret that somebody could guess */
    ProviderSecret(Optional<String> secret) {
        this.secret = secret.map(text -> text.getBytes(StandardCharsets.UTF_8));
        if (this.secret.isPresent() && this.secret.get().length < MIN) {
            throw new IllegalArgumentException(
                    "the secret in bascule.keycloak.provider-secret-file has fewer than " + MIN + " characters");
        }
    }

    boolean isSet() {
        return secret.isPresent();
    }

    /** Whether the value of the header {@code Authorization} shows it. */
    boolean isIn(@Nullable String authorization) {
        if (secret.isEmpty() || authorization == null || !authorization.startsWith(SCHEME)) {
            return false;
        }
        byte[] shown = authorization.substring(SCHEME.length()).getBytes(StandardCharsets.UTF_8);
        return MessageDigest.isEqual(secret.get(), shown);
    }

    @Override
    public String toString() {
        return "ProviderSecret[REDACTED]";
    }
}
