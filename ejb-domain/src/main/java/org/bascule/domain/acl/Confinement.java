package org.bascule.domain.acl;

import java.time.Instant;
import java.util.Set;

/**
 * How far an outside organisation's people reach, whatever entries say (requirement IDN-7).
 *
 * @param folders ids; each with what is below it
 * @param ends nothing from then on
 */
record Confinement(Set<String> folders, Instant ends) {

    Confinement {
        folders = Set.copyOf(folders);
    }
}
