package org.bascule.domain.guard;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.acl.Operators;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.database.Sql;
import org.jspecify.annotations.Nullable;

/**
 * Begins and ends blocks, with their audit records in the same transaction. Each domain that was tried from there reads how often it was, and nothing of the others; the
 * operator's domain reads the sum. To be called by whoever has locked the counter.
 */
@ApplicationScoped
class BlockRecords {

    private static final Logger LOG = System.getLogger(BlockRecords.class.getName());

    @Inject
    Sql sql;

    @Inject
    AuditLog audit;

    @Inject
    Operators operators;

    @Inject
    Settings settings;

    @Inject
    Clock clock;

    private record Tried(@Nullable String domainId, long times) {}

    /** Blocks, unless it is blocked already. */
    public void begin(String counter, Instant until) {
        int begun = sql.acrossDomains()
                .statement("update guarded_network set blocked_since = :now, blocked_until = :until"
                        + " where network = :network and blocked_until is null")
                .set("now", clock.instant())
                .set("until", until)
                .set("network", counter)
                .update();
        if (begun == 1) {
            record(
                    counter,
                    Operation.ADDRESS_BLOCKED,
                    clock.instant(),
                    Actor.unknown(null, shown(counter)),
                    "until " + until);
        }
    }

    /** Ends a block whose time is over, unless somebody else has. */
    public void end(String counter) {
        since(counter, " and blocked_until <= :now").ifPresent(since -> {
            record(
                    counter,
                    Operation.ADDRESS_UNBLOCKED,
                    since,
                    Actor.unknown(null, shown(counter)),
                    "its time is over");
            clear(counter);
        });
    }

    /** The operator ends a block before its time; what failed before does not count any more. */
    public boolean lift(String counter, Actor operator) {
        Optional<Instant> since = since(counter, " and blocked_until > :now");
        since.ifPresent(time -> {
            record(counter, Operation.ADDRESS_UNBLOCKED, time, operator, "lifted by the operator");
            clear(counter);
            sql.acrossDomains()
                    .statement("delete from guarded_attempt where %s = :counter and failed".formatted(column(counter)))
                    .set("counter", counter)
                    .update();
        });
        return since.isPresent();
    }

    private Optional<Instant> since(String counter, String which) {
        return sql.acrossDomains()
                .statement("select blocked_since from guarded_network where network = :network" + which + " for update")
                .set("now", clock.instant())
                .set("network", counter)
                .first(row -> row.instant(1));
    }

    private void clear(String counter) {
        sql.acrossDomains()
                .statement(
                        "update guarded_network set blocked_since = null, blocked_until = null where network = :network")
                .set("network", counter)
                .update();
    }

    private void record(String counter, Operation operation, Instant blocked, Actor actor, String what) {
        List<Tried> tried = tried(counter, blocked);
        long all = tried.stream().mapToLong(Tried::times).sum();
        Optional<String> operator = operators.domain();
        if (operator.isEmpty()) {
            LOG.log(Level.WARNING, "{0} {1}: {2} failed attempts, {3}", operation.code(), counter, all, what);
        }
        operator.ifPresent(domain -> record(domain, operation, actor, counter, all, what));
        Actor nobody = Actor.unknown(null, shown(counter));
        for (Tried each : tried) {
            String domain = each.domainId();
            if (domain != null && !operator.equals(Optional.of(domain))) {
                record(domain, operation, nobody, counter, each.times(), what);
            }
        }
    }

    private void record(String domain, Operation operation, Actor actor, String counter, long times, String what) {
        audit.record(AuditEvent.of(domain, actor, operation, Outcome.SUCCESS)
                .saying("%s, %d failed attempts, %s".formatted(counter, times, what)));
    }

    private List<Tried> tried(String counter, Instant blocked) {
        Duration window = settings.guard().block();
        return sql.acrossDomains()
                .statement(
                        """
                        select domain_id, count(*) from guarded_attempt
                        where %s = :counter and failed and occurred > :since and occurred <= :blocked group by domain_id"""
                                .formatted(column(counter)))
                .set("counter", counter)
                .set("since", blocked.minus(window))
                .set("blocked", blocked)
                .list(row -> new Tried(row.textOrNull(1), row.number(2)));
    }

    /** Which column of an attempt a counter counts. */
    static String column(String counter) {
        return Network.isWide(counter) ? "wide" : "network";
    }

    /** As the address of an audit record. */
    private static String shown(String counter) {
        return counter.endsWith("/32") ? counter.substring(0, counter.length() - 3) : counter;
    }
}
