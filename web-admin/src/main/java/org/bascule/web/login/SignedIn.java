package org.bascule.web.login;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * A browser's login, kept in its HTTP session.
 *
 * @param idToken kept for the log-out at the realm alone
 * @param csrf what changes must carry in {@code X-CSRF-Token}
 */
public record SignedIn(Identity identity, String idToken, String csrf) implements Serializable {

    static final String ATTRIBUTE = SignedIn.class.getName();

    /** Compares in constant time. */
    public boolean hasCsrf(@Nullable String value) {
        return value != null
                && MessageDigest.isEqual(value.getBytes(StandardCharsets.UTF_8), csrf.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "SignedIn[" + identity + ", tokens [REDACTED]]";
    }
}
