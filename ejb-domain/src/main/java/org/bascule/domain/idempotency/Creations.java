package org.bascule.domain.idempotency;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Requirements;
import org.bascule.domain.acl.Requirements.Requirement;
import org.bascule.domain.database.DatabaseException;
import org.bascule.domain.database.DuplicateException;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.pki.SealedText;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;

/**
 * Does a creation once for each key. The key's row is inserted first: a second request with the key waits there until the first has committed,
 * and then gets its answer, or rolled back, and then creates.
 */
@ApplicationScoped
public class Creations {

    /** How long a key is remembered. */
    public static final Duration KEPT = Duration.ofHours(24);

    /** Keys of one user within that time. */
    static final int MAX_KEYS = 10_000;

    /** Bytes of a kept answer; nothing that is created answers with nearly as much. */
    private static final int MAX_ANSWER = 1 << 20;

    private static final int ATTEMPTS = 4;
    private static final int SWEPT_AT_ONCE = 1_000;
    private static final String ROLE = "creation-answer";

    @Inject
    Sql sql;

    @Inject
    Transactions transactions;

    @Inject
    SealedText sealing;

    @Inject
    Authorization authorization;

    @Inject
    Requirements requirements;

    @Inject
    Clock clock;

    /** Creates something within the present transaction and says how it is answered. */
    @FunctionalInterface
    public interface Creation {
        StoredAnswer make() throws Exception;
    }

    /**
     * The answer to the first request with this key. Whatever the creation throws is thrown here, and nothing is kept then. A creation that
     * the database ended because another one waited for it is done once more.
     *
     * <p>Whoever asks again must still hold every permission that the creation required: an answer may hold a secret.
     *
     * @param fingerprint SHA-256 over everything that the request asks for, so that nobody waits for the client while rows are locked
     * @throws RefusedException {@code IDEMPOTENCY_CONFLICT} if the key was used for another request, or the first one takes too long;
     *     {@code TOO_MANY_REQUESTS} beyond {@value #MAX_KEYS} keys
     */
    public StoredAnswer once(Caller caller, IdempotencyKey key, byte[] fingerprint, Creation creation)
            throws Exception {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<byte[]> known = known(caller, key);
            if (known.isPresent()) {
                return again(caller, key, known.get(), fingerprint);
            }
            try {
                return transactions.<StoredAnswer, Exception>inNew(() -> create(caller, key, fingerprint, creation));
            } catch (DuplicateException takenMeanwhile) {
                continue;
            } catch (CreationFailedException e) {
                // all of the creation was rolled back then, its key too
                if (!DatabaseException.isDeadlock(e.reason()) || attempt == ATTEMPTS - 1) {
                    throw e.reason();
                }
            }
        }
        throw busy();
    }

    /** What is kept under the key. A key that has expired is forgotten here, in a transaction that locks nothing else. */
    private Optional<byte[]> known(Caller caller, IdempotencyKey key) {
        Optional<Kept> kept = sql.in(caller.domainId())
                .statement("select sealed, created from creation_key"
                        + " where domain_id = :domain and user_id = :user and idempotency_key = :key")
                .set("user", caller.userId())
                .set("key", key.text())
                .first(row -> new Kept(row.bytes(1), row.instant(2)));
        Instant limit = clock.instant().minus(KEPT);
        if (kept.isPresent() && kept.get().created().isBefore(limit)) {
            forget(caller, key, limit);
            return Optional.empty();
        }
        return kept.map(Kept::sealed);
    }

    private record Kept(byte[] sealed, Instant created) {}

    private void forget(Caller caller, IdempotencyKey key, Instant limit) {
        transactions.inNew(() -> sql.in(caller.domainId())
                .statement("delete from creation_key where domain_id = :domain and user_id = :user"
                        + " and idempotency_key = :key and created < :limit")
                .set("user", caller.userId())
                .set("key", key.text())
                .set("limit", limit)
                .update());
    }

    private StoredAnswer create(Caller caller, IdempotencyKey key, byte[] fingerprint, Creation creation)
            throws DuplicateException, CreationFailedException {
        claim(caller, key);
        requirements.note();
        try {
            StoredAnswer answer = creation.make();
            keep(caller, key, fingerprint, answer);
            return answer;
        } catch (Exception e) {
            throw new CreationFailedException(e);
        }
    }

    private void claim(Caller caller, IdempotencyKey key) throws DuplicateException, CreationFailedException {
        try {
            sql.in(caller.domainId())
                    .statement("insert into creation_key (domain_id, user_id, idempotency_key, created)"
                            + " values (:domain, :user, :key, :now)")
                    .set("user", caller.userId())
                    .set("key", key.text())
                    .set("now", clock.instant())
                    .insertUnique();
        } catch (DatabaseException e) {
            if (e.isDeadlock()) {
                // several waited for one that rolled back: begin anew
                throw new DuplicateException(e);
            }
            throw new CreationFailedException(e.isTimeout() ? busy() : e);
        }
        // not before the insert: what the creation reads must not be older than the wait
        if (keysOf(caller) > MAX_KEYS) {
            throw new CreationFailedException(new RefusedException(
                    Problem.TOO_MANY_REQUESTS, "You have used too many idempotency keys within a day."));
        }
    }

    private long keysOf(Caller caller) {
        return sql.in(caller.domainId())
                .statement("select count(*) from (select 1 from creation_key"
                        + " where domain_id = :domain and user_id = :user limit :max) used")
                .set("user", caller.userId())
                .set("max", MAX_KEYS + 1)
                .number();
    }

    private void keep(Caller caller, IdempotencyKey key, byte[] fingerprint, StoredAnswer answer) {
        byte[] plain = new KeptAnswer(fingerprint, requirements.noted(), answer).toBytes();
        if (fingerprint.length != KeptAnswer.FINGERPRINT || plain.length > MAX_ANSWER) {
            throw new IllegalStateException(
                    "an answer of %d bytes cannot be kept for repetitions".formatted(plain.length));
        }
        sql.in(caller.domainId())
                .statement("update creation_key set sealed = :sealed"
                        + " where domain_id = :domain and user_id = :user and idempotency_key = :key")
                .set("sealed", sealing.seal(ROLE, id(caller, key), plain))
                .set("user", caller.userId())
                .set("key", key.text())
                .update();
    }

    private StoredAnswer again(Caller caller, IdempotencyKey key, byte[] sealed, byte[] fingerprint)
            throws RefusedException {
        KeptAnswer kept = KeptAnswer.parse(sealing.open(ROLE, id(caller, key), sealed))
                .orElseThrow(() -> new RefusedException(
                        Problem.IDEMPOTENCY_CONFLICT, "The answer to the first request is not known any more."));
        if (!MessageDigest.isEqual(kept.fingerprint(), fingerprint)) {
            throw new RefusedException(
                    Problem.IDEMPOTENCY_CONFLICT, "This idempotency key was used for another request.");
        }
        for (Requirement requirement : kept.required()) {
            authorization.require(caller, requirement.permission(), requirement.resource());
        }
        return kept.answer();
    }

    private static String id(Caller caller, IdempotencyKey key) {
        return caller.domainId() + "/" + caller.userId() + "/" + key.text();
    }

    private static RefusedException busy() {
        return new RefusedException(
                Problem.IDEMPOTENCY_CONFLICT, "The first request with this idempotency key is not finished yet.");
    }

    /** Forgets keys that have expired, some at a time. */
    public void sweep() {
        Instant limit = clock.instant().minus(KEPT);
        int forgotten;
        do {
            forgotten = transactions.inNew(() -> sql.acrossDomains()
                    .statement("delete from creation_key where created < :limit order by created limit :count")
                    .set("limit", limit)
                    .set("count", SWEPT_AT_ONCE)
                    .update());
        } while (forgotten == SWEPT_AT_ONCE);
    }
}
