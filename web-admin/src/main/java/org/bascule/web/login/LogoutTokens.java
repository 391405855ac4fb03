package org.bascule.web.login;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bascule.web.login.LoginRefusedException.Reason;
import org.bascule.web.login.RealmTokens.Kind;
import org.bascule.web.login.RealmTokens.Verified;
import org.jspecify.annotations.Nullable;

/** Logout tokens of the realms (OpenID Connect Back-Channel Logout 1.0, section 2.6); each counts once. */
final class LogoutTokens {

    private static final String EVENT = "http://schemas.openid.net/event/backchannel-logout";
    private static final int MAX_REMEMBERED = 100_000;

    /**
     * Whose sessions end.
     *
     * @param realmSession one session of the realm; without it all of the subject
     */
    record Ending(String issuer, @Nullable String realmSession, @Nullable String subject) {}

    private final RealmTokens tokens;
    private final Clock clock;
    private final Map<String, Instant> seen = new ConcurrentHashMap<>();

    LogoutTokens(RealmTokens tokens, Clock clock) {
        this.tokens = tokens;
        this.clock = clock;
    }

    Ending verify(String logoutToken) throws LoginRefusedException {
        Verified verified = tokens.verify(logoutToken, Kind.LOGOUT);
        if (!(verified.claims().getClaim("events") instanceof Map<?, ?> events) || !events.containsKey(EVENT)) {
            throw new LoginRefusedException(Reason.MALFORMED, "not a logout token: no such event");
        }
        if (verified.claims().getClaim("nonce") != null) {
            throw new LoginRefusedException(Reason.MALFORMED, "not a logout token: it has a nonce");
        }
        String realmSession = verified.optionalText("sid", 200);
        String subject = verified.optionalText("sub", 36);
        if (realmSession == null && subject == null) {
            throw new LoginRefusedException(Reason.MALFORMED, "the logout token names nobody");
        }
        once(verified);
        return new Ending(verified.claims().getIssuer(), realmSession, subject);
    }

    private void once(Verified verified) throws LoginRefusedException {
        Instant now = clock.instant();
        Instant end = verified.claims().getExpirationTime().toInstant().plus(RealmTokens.SKEW);
        seen.values().removeIf(now::isAfter);
        if (seen.size() >= MAX_REMEMBERED
                || seen.putIfAbsent(verified.claims().getIssuer() + " " + verified.text("jti", 200), end) != null) {
            throw new LoginRefusedException(Reason.UNKNOWN_STATE, "the logout token was used before");
        }
    }
}
