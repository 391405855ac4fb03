package org.bascule.domain.identity;

import java.io.Serializable;
import java.util.Set;

/**
 * What an API token leaves of its user's rights (requirement IDN-10).
 *
 * @param permissions codes; no other counts
 * @param folders ids; each counts with everything below it, and nothing outside does. None: nothing at all
 */
public record Limits(Set<String> permissions, Set<String> folders) implements Serializable {

    public Limits {
        permissions = Set.copyOf(permissions);
        folders = Set.copyOf(folders);
    }
}
