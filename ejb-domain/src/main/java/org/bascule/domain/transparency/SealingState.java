package org.bascule.domain.transparency;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the sealing of one tree goes.
 *
 * @param sealed number of leaves that the newest head signs
 * @param head when it was signed; null without one
 * @param waitingSince since when the oldest entry waits; null if none does
 * @param waited for how long that is, by the server's clock; zero if none waits
 * @param missing entries that waited and were not there, at most {@value #MAX_MISSING}
 * @param stopped why nothing more is sealed; null while it goes on
 */
public record SealingState(
        long sealed,
        @Nullable Instant head,
        @Nullable Instant waitingSince,
        Duration waited,
        long missing,
        @Nullable Stop stopped) {

    static final int MAX_MISSING = 1_000;

    /** Why nothing is sealed. */
    public enum Stop {
        /** What is stored is not what was signed, or does not go on from what this node has seen: somebody has changed the database, or put back an older one. */
        TREE_CHANGED("tree-changed"),
        /** The key set is not in force yet: nobody could verify a head. */
        NO_KEY_SET("no-key-set"),
        /** It fails for another reason, which the server's log tells, and is tried again every second. */
        FAILING("failing");

        private final String code;

        Stop(String code) {
            this.code = code;
        }

        public String code() {
            return code;
        }
    }
}
