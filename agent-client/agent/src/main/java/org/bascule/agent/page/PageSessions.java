package org.bascule.agent.page;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.bascule.wire.B64;
import org.bascule.wire.Sha256;

/** Who is signed in to the page: eight at most, for eight hours. In memory alone. Thread-safe. */
final class PageSessions {

    static final Duration LENGTH = Duration.ofHours(8);
    static final int MAX = 8;
    private static final int BYTES = 18;
    private static final SecureRandom RANDOM = new SecureRandom();

    /**
     * Somebody is signed in.
     *
     * @param id part of the path, so that a cookie goes to this session's pages alone; no secret by itself
     * @param cookie the secret
     * @param form proves that a form is one of ours
     * @param who for the log
     */
    record PageSession(String id, String cookie, String form, String who, long began) {}

    private final LongSupplier nanos;

    // guarded by this
    private final Map<String, PageSession> sessions = new LinkedHashMap<>();

    PageSessions(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** The oldest goes when there are too many. */
    synchronized PageSession begin(String who) {
        if (sessions.size() >= MAX) {
            sessions.remove(sessions.keySet().iterator().next());
        }
        PageSession session = new PageSession(random(), random(), random(), who, nanos.getAsLong());
        sessions.put(session.id(), session);
        return session;
    }

    private static String random() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return B64.encode(bytes);
    }

    synchronized Optional<PageSession> find(String id, String cookie) {
        sessions.values().removeIf(session -> nanos.getAsLong() - session.began() > LENGTH.toNanos());
        return Optional.ofNullable(sessions.get(id)).filter(session -> isSame(session.cookie(), cookie));
    }

    /** In constant time for texts of whatever length. */
    static boolean isSame(String expected, String given) {
        return MessageDigest.isEqual(
                Sha256.of(expected.getBytes(StandardCharsets.UTF_8)),
                Sha256.of(given.getBytes(StandardCharsets.UTF_8)));
    }

    synchronized void end(String id) {
        sessions.remove(id);
    }

    synchronized void endOthers(String id) {
        sessions.keySet().retainAll(Set.of(id));
    }

    synchronized void endAll() {
        sessions.clear();
    }
}
