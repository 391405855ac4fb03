package org.bascule.domain.acl;

import java.util.Set;

/**
 * What is demanded before and after a change that has not been made.
 *
 * @param permissions which nobody can use on a device while what is demanded there is not met
 * @param folders on which something else is set afterwards
 * @param users who may meet something else afterwards
 */
public record DemandsChange(
        Demands before, Demands after, Set<Permission> permissions, Set<String> folders, Set<String> users) {

    private static final Demands NOTHING = new Demands() {
        @Override
        public Set<String> folders() {
            return Set.of();
        }

        @Override
        public boolean isMet(String folder, String user) {
            return true;
        }
    };

    /** Where nothing is demanded. */
    public static final DemandsChange NONE = new DemandsChange(NOTHING, NOTHING, Set.of(), Set.of(), Set.of());
}
