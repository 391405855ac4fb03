package org.bascule.domain.acl;

import java.util.Set;

/**
 * What a deletion takes along.
 *
 * @param folders with all below
 * @param principals users and groups, those in the folders among them
 * @param told of whom it is told what a deletion takes away from them: those who are deleted by name, and the groups in the folders. Whoever is deleted
 *     with a folder loses nothing that anybody could miss
 */
record Gone(Set<String> folders, Set<String> principals, Set<String> told) {

    static final Gone NOTHING = new Gone(Set.of(), Set.of(), Set.of());
}
