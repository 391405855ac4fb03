package org.bascule.domain.enrolment;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Counts registrations with tokens that are malformed or that no domain has. They belong into no domain's audit log; the server's log names the first at once
 * and how many followed once a minute, so that whoever guesses fills no disk.
 */
@ApplicationScoped
public class UnknownTokens {

    private static final Logger LOG = System.getLogger(UnknownTokens.class.getName());
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    @Inject
    Clock clock;

    // guarded by this
    private @Nullable Instant logged;
    private long times;

    /** One more. */
    public synchronized void presented(String address) {
        Instant now = clock.instant();
        times++;
        if (logged == null || !now.isBefore(logged.plus(INTERVAL))) {
            LOG.log(
                    Level.WARNING,
                    "{0} registration(s) with an unknown enrolment token since {1}, the last from {2}",
                    times,
                    logged == null ? "the start" : logged,
                    address);
            logged = now;
            times = 0;
        }
    }
}
