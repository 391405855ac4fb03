package org.bascule.domain.guard;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.database.DatabaseException;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * Counts failed attempts by address ({@link Network}): {@link Settings.Guard#failures} within {@link Settings.Guard#block} block it for as long; of an IPv6
 * network of 48 bits {@value #WIDER} times as many. When the block is over the counting begins anew.
 *
 * <p>Guarantees: no more attempts are let in than failures are left, at whichever nodes and however many at once; nothing is let in while the database cannot be
 * asked. What waits holds at most {@value #WAITING} threads of a node.
 *
 * <p>Nothing grows without end: an address has no more rows than failures that block it and attempts under way, an IPv6 network of 48 bits no more than its own
 * limit, whatever number of addresses it uses; a blocked one gets none at all; and {@link GuardSweep} removes what is older than two blocks.
 */
@ApplicationScoped
public class Guard {

    /** What 65,536 neighbouring networks may fail together, in times what one may. */
    static final int WIDER = 10;
    /** An attempt that nobody has settled for so long takes no place any more. */
    static final Duration UNDER_WAY = Duration.ofSeconds(30);

    private static final int MAX_USER_NAME = 200;
    private static final int TRIES = 15;
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration COME_AGAIN = Duration.ofSeconds(1);
    private static final int WAITING = 16;
    private static final int DEADLOCKS = 5;

    @Inject
    Sql sql;

    @Inject
    Transactions transactions;

    @Inject
    Settings settings;

    @Inject
    BlockRecords records;

    @Inject
    Uuid7 ids;

    @Inject
    Clock clock;

    private final Semaphore waiting = new Semaphore(WAITING);

    /** How long nothing from this address is looked at; zero if it is not blocked. Reads alone. */
    public Duration blockedFor(String address) {
        return inOrder(() -> left(Network.of(address)));
    }

    /**
     * Returns if the address is not blocked.
     *
     * @throws RefusedException {@code ADDRESS_BLOCKED}, with the time that is left
     */
    public void requireAdmission(String address) throws RefusedException {
        Duration left = blockedFor(address);
        if (!left.isZero()) {
            throw RefusedException.blocked(left);
        }
    }

    /** Takes a place for an attempt. Where all are taken by attempts under way, waits a moment for one of them. */
    public Decision begin(Attempt attempt) {
        Decision decision = take(attempt);
        for (int i = 0; i < TRIES && decision instanceof Decision.Busy && waiting.tryAcquire(); i++) {
            try {
                Thread.sleep(PAUSE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return decision;
            } finally {
                waiting.release();
            }
            decision = take(attempt);
        }
        return decision;
    }

    /** The attempt was right: it leaves no trace, and those that were wrong stay. */
    public void succeeded(String id) {
        inOrder(() -> sql.acrossDomains()
                .statement("delete from guarded_attempt where id = :id and not failed")
                .set("id", id)
                .update());
    }

    /**
     * The attempt was wrong.
     *
     * @return how long the address is blocked now; zero if it is not
     */
    public Duration failed(String id) {
        record Taken(String network, @Nullable String wide) {}
        Optional<Taken> taken = inOrder(() -> sql.acrossDomains()
                .statement("select network, wide from guarded_attempt where id = :id")
                .set("id", id)
                .first(row -> new Taken(row.text(1), row.textOrNull(2))));
        if (taken.isEmpty()) {
            return Duration.ZERO;
        }
        Network network = new Network(taken.get().network(), taken.get().wide());
        inOrder(() -> {
            network.counters().forEach(this::lock);
            sql.acrossDomains()
                    .statement(
                            "update guarded_attempt set failed = true, occurred = :now where id = :id and not failed")
                    .set("now", clock.instant())
                    .set("id", id)
                    .update();
            network.counters().forEach(this::blockIfDue);
            return true;
        });
        return inOrder(() -> left(network));
    }

    /** Something was wrong that took no place before, because nobody knew that it would be looked at; returns as {@link #failed(String)} does. */
    public Duration failed(Attempt attempt) {
        Network network = Network.of(attempt.address());
        if (inOrder(() -> left(network)).isZero()) {
            inOrder(() -> {
                // the wider one first: a blocked one gets no rows for the networks in it
                for (String counter : network.counters()) {
                    if (lock(counter).isPresent()) {
                        return false;
                    }
                }
                add(attempt, network, true);
                network.counters().forEach(this::blockIfDue);
                return true;
            });
        }
        return inOrder(() -> left(network));
    }

    /** Something to look up with what was presented. */
    @FunctionalInterface
    public interface Check<T> {
        Optional<T> run() throws RefusedException;
    }

    /**
     * Looks something up by what somebody presents, which is wrong if nothing is found.
     *
     * @throws RefusedException {@code ADDRESS_BLOCKED}, or {@code TOO_MANY_REQUESTS} where too many are under way; what the check throws is no failure
     */
    public <T> Optional<T> check(Attempt attempt, Check<T> check) throws RefusedException {
        Decision decision = begin(attempt);
        if (decision instanceof Decision.Blocked blocked) {
            throw RefusedException.blocked(blocked.retryAfter());
        }
        if (decision instanceof Decision.Busy busy) {
            throw RefusedException.busy(busy.retryAfter());
        }
        String id = ((Decision.Admitted) decision).id();
        boolean wrong = false;
        try {
            Optional<T> found = check.run();
            wrong = found.isEmpty();
            return found;
        } finally {
            if (wrong) {
                failed(id);
            } else {
                succeeded(id);
            }
        }
    }

    private Decision take(Attempt attempt) {
        Network network = Network.of(attempt.address());
        return inOrder(() -> refusal(network)).orElseGet(() -> inOrder(() -> place(attempt, network)));
    }

    /** Looks without waiting for the others who count: whoever sends a thousand at once must not make a queue of them. */
    private Optional<Decision> refusal(Network network) {
        Duration left = left(network);
        if (!left.isZero()) {
            return Optional.of(new Decision.Blocked(left));
        }
        return network.counters().stream().anyMatch(this::isFull)
                ? Optional.of(new Decision.Busy(COME_AGAIN))
                : Optional.empty();
    }

    private Decision place(Attempt attempt, Network network) {
        for (String counter : network.counters()) {
            Optional<Instant> until = lock(counter);
            if (until.isPresent()) {
                return new Decision.Blocked(Duration.between(clock.instant(), until.get()));
            }
            if (isFull(counter)) {
                return new Decision.Busy(COME_AGAIN);
            }
        }
        return new Decision.Admitted(add(attempt, network, false));
    }

    private String add(Attempt attempt, Network network, boolean failed) {
        String id = ids.next();
        sql.acrossDomains()
                .statement(
                        "insert into guarded_attempt (id, network, wide, domain_id, kind, user_name, occurred, failed)"
                                + " values (:id, :network, :wide, :domainId, :kind, :user, :now, :failed)")
                .set("id", id)
                .set("network", network.text())
                .set("wide", network.wide())
                .set("domainId", attempt.domainId())
                .set("kind", attempt.kind().code())
                .set("user", cut(attempt.userName()))
                .set("now", clock.instant())
                .set("failed", failed)
                .update();
        return id;
    }

    private static @Nullable String cut(@Nullable String text) {
        return text == null || text.length() <= MAX_USER_NAME ? text : text.substring(0, MAX_USER_NAME);
    }

    /**
     * Waits for everybody else who counts here, until the end of this transaction. A block that is over ends now at the latest.
     *
     * @return until when it is blocked, if it is
     */
    private Optional<Instant> lock(String counter) {
        Instant now = clock.instant();
        sql.acrossDomains()
                .statement("insert into guarded_network (network, attempts, last) values (:network, 1, :now)"
                        + " on duplicate key update attempts = attempts + 1, last = :now")
                .set("network", counter)
                .set("now", now)
                .update();
        Optional<Instant> until = sql.acrossDomains()
                .statement("select blocked_until from guarded_network"
                        + " where network = :network and blocked_until is not null for update")
                .set("network", counter)
                .first(row -> row.instant(1));
        if (until.isPresent() && !now.isBefore(until.get())) {
            records.end(counter);
            return Optional.empty();
        }
        return until;
    }

    private Duration left(Network network) {
        Instant now = clock.instant();
        return sql.acrossDomains()
                .statement("select blocked_until from guarded_network where network in (:counters)"
                        + " and blocked_until > :now order by blocked_until desc limit 1")
                .set("counters", network.counters())
                .set("now", now)
                .first(row -> Duration.between(now, row.instant(1)))
                .orElse(Duration.ZERO);
    }

    private int limit(String counter) {
        return settings.guard().failures() * (Network.isWide(counter) ? WIDER : 1);
    }

    /** Whether failures that count and attempts under way are as many as may fail. */
    private boolean isFull(String counter) {
        Optional<Instant> recent = Optional.of(clock.instant().minus(UNDER_WAY));
        return count(counter, "(failed or occurred > :recent)", recent) >= limit(counter);
    }

    private long count(String counter, String which, Optional<Instant> recent) {
        var statement = sql.acrossDomains()
                .statement("select count(*) from guarded_attempt where %s = :counter and occurred > :since and %s"
                        .formatted(BlockRecords.column(counter), which))
                .set("counter", counter)
                .set("since", clock.instant().minus(settings.guard().block()));
        recent.ifPresent(time -> statement.set("recent", time));
        return statement.number();
    }

    private void blockIfDue(String counter) {
        if (count(counter, "failed", Optional.empty()) >= limit(counter)) {
            records.begin(counter, clock.instant().plus(settings.guard().block()));
        }
    }

    /**
     * In a transaction of its own, again where the database chose it as the one to give way: what was tried stays tried whatever becomes of the caller's transaction,
     * and that one may have begun to look before others tried.
     */
    private <T> T inOrder(Supplier<T> work) {
        for (int i = 1; ; i++) {
            try {
                return transactions.inNew(work::get);
            } catch (RuntimeException e) {
                if (i == DEADLOCKS || !DatabaseException.isDeadlock(e)) {
                    throw e;
                }
            }
        }
    }

    /** The networks whose block has come to its end, for the sweep. */
    public List<String> over() {
        return sql.acrossDomains()
                .statement("select network from guarded_network where blocked_until <= :now limit 1000")
                .set("now", clock.instant())
                .list(row -> row.text(1));
    }

    /** Ends the block of one of those, unless another node was quicker. */
    public void end(String counter) {
        inOrder(() -> {
            records.end(counter);
            return true;
        });
    }
}
