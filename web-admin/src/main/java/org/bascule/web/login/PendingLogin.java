package org.bascule.web.login;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A login that was started in this browser and waits for the realm's answer.
 *
 * @param realm for which it was started; the answer must be that realm's
 * @param state ties the answer to this browser
 * @param nonce ties the ID token to this login
 * @param verifier ties the code to this server (RFC 7636)
 * @param next where to go afterwards, a path on this site
 * @param subject who it must end with; null for anybody
 */
record PendingLogin(
        Realm realm,
        String state,
        String nonce,
        String verifier,
        String next,
        Instant started,
        @Nullable String subject) {

    /** How long a person may take at the realm: first logins change a password and set up a second factor. */
    static final Duration PATIENCE = Duration.ofMinutes(20);

    boolean expired(Instant now) {
        return now.isAfter(started.plus(PATIENCE));
    }

    PendingLogin to(String otherNext) {
        return new PendingLogin(realm, state, nonce, verifier, otherNext, started, subject);
    }

    @Override
    public String toString() {
        return "PendingLogin[" + realm.domainName() + ", secrets [REDACTED]]";
    }
}
