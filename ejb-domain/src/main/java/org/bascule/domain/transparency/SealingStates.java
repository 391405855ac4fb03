package org.bascule.domain.transparency;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.bascule.domain.database.Sql;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.logbook.Logbook;
import org.bascule.domain.pki.Installation;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.log.TreeHead;
import org.jspecify.annotations.Nullable;

/** How the sealing goes, for whoever reads the log (rows AUD-3, AUD-4): a log that is not sealed any more looks like any other. Looks at what is stored, whichever node seals. */
@Stateless
public class SealingStates {

    @Inject
    Sql sql;

    @Inject
    Logbook logbook;

    @Inject
    TreeStore trees;

    @Inject
    RightEdges edges;

    @Inject
    SeenHeads seen;

    @Inject
    SealingTroubles troubles;

    @Inject
    Installation installation;

    @Inject
    Clock clock;

    /** Of the caller's domain. */
    public SealingState ofDomain(Caller caller) throws RefusedException {
        logbook.requireReader(caller);
        return of(caller.domainId());
    }

    /** Of the tree that holds the heads of all domains' trees. */
    public SealingState ofInstallation(Caller caller) throws RefusedException {
        logbook.requireReader(caller);
        return of(Tree.INSTALLATION);
    }

    private SealingState of(String tree) {
        Optional<TreeHead> head = trees.head(tree);
        Optional<Instant> since = waiting(tree).map(Uuid7::time);
        Instant now = clock.instant();
        return new SealingState(
                head.map(TreeHead::size).orElse(0L),
                head.map(TreeHead::time).orElse(null),
                since.orElse(null),
                since.filter(now::isAfter)
                        .map(time -> Duration.between(time, now))
                        .orElse(Duration.ZERO),
                missing(tree),
                stop(tree));
    }

    private Optional<String> waiting(String tree) {
        return sql.in(tree)
                .statement("select id from audit_unsealed where tree = :domain and missing is null order by id limit 1")
                .first(row -> row.text(1))
                .filter(Uuid7::isUuid);
    }

    private long missing(String tree) {
        return sql.in(tree)
                .statement("select count(*) from (select 1 from audit_unsealed"
                        + " where tree = :domain and missing is not null limit " + SealingState.MAX_MISSING + ") m")
                .number();
    }

    private SealingState.@Nullable Stop stop(String tree) {
        if (installation.keySet().isEmpty()) {
            return SealingState.Stop.NO_KEY_SET;
        }
        if (seen.isContradicted(tree) || edges.signed(tree).isEmpty()) {
            return SealingState.Stop.TREE_CHANGED;
        }
        return troubles.has(tree) ? SealingState.Stop.FAILING : null;
    }
}
