package org.bascule.web.login;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers which sessions of the realms have ended, so that HTTP sessions that came from them end with their next request.
 *
 * <p>Bounded: an entry is needed as long as a login can last. If more than {@link #MAX} sessions end in that time, every login older than the
 * newest forgotten entry counts as ended: too many people sign in again rather than one stays.
 */
final class EndedSessions {

    static final int MAX = 100_000;

    private final Clock clock;
    private final Map<String, Instant> ended = new ConcurrentHashMap<>();
    private volatile Instant forgotten = Instant.MIN;

    EndedSessions(Clock clock) {
        this.clock = clock;
    }

    /** One session of a realm ended. */
    void session(String issuer, String realmSession) {
        remember("sid " + issuer + " " + realmSession);
    }

    /** All sessions that a subject has at a realm ended; there may be new ones each time. */
    void subject(String issuer, String subject) {
        remember("sub " + issuer + " " + subject);
    }

    boolean covers(SignedIn login) {
        return login.since().isBefore(forgotten)
                || after(login, "sid " + login.issuer() + " " + login.realmSession())
                || after(login, "sub " + login.issuer() + " " + login.identity().subject());
    }

    private boolean after(SignedIn login, String key) {
        Instant end = ended.get(key);
        return end != null && !login.since().isAfter(end);
    }

    private synchronized void remember(String key) {
        Instant now = clock.instant();
        if (ended.size() >= MAX) {
            ended.values().removeIf(end -> end.plus(LoginFlow.LONGEST).isBefore(now));
        }
        if (ended.size() >= MAX) {
            ended.clear();
            forgotten = now;
        }
        ended.put(key, now);
    }
}
