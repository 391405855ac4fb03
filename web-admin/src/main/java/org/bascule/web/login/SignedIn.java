package org.bascule.web.login;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A browser's login, kept in its HTTP session.
 *
 * @param realmSession session id at the realm ({@code sid}), for log-out from there; empty when the realm gave none
 * @param idToken kept for the log-out at the realm alone
 * @param csrf what changes must carry in {@code X-CSRF-Token}
 * @param since when the login ended well
 */
public record SignedIn(Identity identity, String realmSession, String idToken, String csrf, Instant since)
        implements Serializable {

    static final String ATTRIBUTE = SignedIn.class.getName();

    /** The issuer that vouched. */
    public String issuer() {
        return identity.realm().issuer();
    }

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
