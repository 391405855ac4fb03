package org.bascule.domain.transparency;

import java.util.Arrays;
import java.util.Optional;
import org.bascule.wire.log.TreeHead;

/** What trees there are: each domain's, named by its id, and {@link #INSTALLATION}. */
public final class Tree {

    /** Holds heads of the domains' trees. */
    public static final String INSTALLATION = TreeHead.INSTALLATION;

    private Tree() {}

    /** What an entry is. */
    public enum Kind {
        AUDIT(1),
        CERTIFICATE(2),
        HEAD(3);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }

        /** Empty for a number that no kind has. */
        static Optional<Kind> of(long number) {
            return Arrays.stream(values()).filter(kind -> kind.number == number).findFirst();
        }
    }
}
