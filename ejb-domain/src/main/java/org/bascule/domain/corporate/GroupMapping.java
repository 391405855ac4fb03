package org.bascule.domain.corporate;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Who is in their group becomes a member of ours.
 *
 * @param theirs value of the claim or attribute, or name of the directory's group; compared letter by letter
 * @param ours id of a group of the domain
 */
public record GroupMapping(String theirs, String ours) {

    /** The groups that are mapped to, each once; may be changed. */
    static Set<String> ours(Collection<GroupMapping> groups) {
        return groups.stream().map(GroupMapping::ours).collect(Collectors.toCollection(TreeSet::new));
    }
}
