package org.bascule.domain.corporate;

import java.time.Instant;
import java.util.Set;

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
}
