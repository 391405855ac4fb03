package org.bascule.domain.corporate;

import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How far an outside organisation's people reach, whatever entries say.
 *
 * @param folders ids; each with what is below it
 * @param ends nothing from then on
 */
public record Partner(Set<String> folders, Instant ends) {

    public Partner {
        folders = Set.copyOf(folders);
    }

    Partner without(Set<String> gone) {
        return new Partner(
                folders.stream().filter(folder -> !gone.contains(folder)).collect(Collectors.toSet()), ends);
    }

    /** Whether the people reach further than before, or longer. */
    static boolean widens(@Nullable Partner before, @Nullable Partner after) {
        return before != null
                && after != null
                && (!before.folders.containsAll(after.folders) || after.ends.isAfter(before.ends));
    }
}
