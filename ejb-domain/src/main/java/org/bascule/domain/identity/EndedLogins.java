package org.bascule.domain.identity;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.bascule.domain.database.Sql;

/**
 * Which sessions of the realms have ended lately. A log-out at one node is told to another one by the realm: the key of the row lets only the first
 * of them record it.
 */
@Stateless
public class EndedLogins {

    /** The realm tells of a log-out at once; a session that goes on nevertheless may end again later. */
    static final Duration KEPT = Duration.ofMinutes(5);

    @Inject
    Sql sql;

    @Inject
    Clock clock;

    /**
     * Says that a session has ended, in the transaction that records it.
     *
     * @return false if that was said a short while ago, by whichever node
     */
    public boolean end(String domainId, String realmSession) {
        byte[] hash = hash(realmSession);
        boolean added = sql.in(domainId)
                        .statement("insert ignore into ended_login (domain_id, session_hash, ended)"
                                + " values (:domain, :hash, :now)")
                        .set("hash", hash)
                        .set("now", clock.instant())
                        .update()
                == 1;
        if (added) {
            forget(domainId);
        }
        return added || isLongAgo(domainId, hash) && endAgain(domainId, hash);
    }

    /** Says that somebody has come with a session, or come back: whatever ends from now on is another log-out. */
    public void begun(String domainId, String realmSession) {
        sql.in(domainId)
                .statement("delete from ended_login where domain_id = :domain and session_hash = :hash")
                .set("hash", hash(realmSession))
                .update();
    }

    private Instant limit() {
        return clock.instant().minus(KEPT);
    }

    /** Only after the insertion: whoever locks a gap first and inserts then waits for the others who do. */
    private void forget(String domainId) {
        sql.in(domainId)
                .statement("delete from ended_login where domain_id = :domain and ended < :limit")
                .set("limit", limit())
                .update();
    }

    private boolean isLongAgo(String domainId, byte[] hash) {
        return sql.in(domainId)
                .statement("select ended from ended_login where domain_id = :domain and session_hash = :hash")
                .set("hash", hash)
                .first(row -> row.instant(1))
                .filter(ended -> ended.isBefore(limit()))
                .isPresent();
    }

    private boolean endAgain(String domainId, byte[] hash) {
        return sql.in(domainId)
                        .statement("update ended_login set ended = :now"
                                + " where domain_id = :domain and session_hash = :hash and ended < :limit")
                        .set("now", clock.instant())
                        .set("hash", hash)
                        .set("limit", limit())
                        .update()
                == 1;
    }

    private static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
