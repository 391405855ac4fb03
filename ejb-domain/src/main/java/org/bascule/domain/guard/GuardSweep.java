package org.bascule.domain.guard;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.database.Sql;

/** Ends blocks when their time is over, and forgets attempts that nobody asks for any more. */
@ApplicationScoped
public class GuardSweep {

    private static final int STEP = 1_000;

    @Inject
    Sql sql;

    @Inject
    Guard guard;

    @Inject
    Settings settings;

    @Inject
    Clock clock;

    /** Called every few seconds. What was tried is forgotten only after the end of its block was recorded, which says whom it concerned. */
    public void run() {
        for (var over = guard.over(); !over.isEmpty(); over = guard.over()) {
            over.forEach(guard::end);
        }
        Instant old =
                clock.instant().minus(settings.guard().block().multipliedBy(2)).minus(Guard.UNDER_WAY);
        forget("delete from guarded_attempt where occurred < :old limit " + STEP, old);
        forget("delete from guarded_network where last < :old and blocked_until is null limit " + STEP, old);
    }

    private void forget(String statement, Instant old) {
        int gone = STEP;
        while (gone == STEP) {
            gone = sql.acrossDomains().statement(statement).set("old", old).update();
        }
    }
}
