package org.bascule.domain.guard;

import java.time.Duration;

/** Whether somebody may try. */
public sealed interface Decision {

    /**
     * The attempt has taken its place, and is to be settled.
     *
     * @param id for {@link Guard#succeeded} or {@link Guard#failed}
     */
    record Admitted(String id) implements Decision {}

    /** The address is blocked. */
    record Blocked(Duration retryAfter) implements Decision {}

    /** As many attempts as failures are left are under way: whoever comes again in a moment is let in if they succeed. */
    record Busy(Duration retryAfter) implements Decision {}
}
