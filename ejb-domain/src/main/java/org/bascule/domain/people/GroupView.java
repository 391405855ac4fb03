package org.bascule.domain.people;

import java.util.Set;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.directory.Named;
import org.jspecify.annotations.Nullable;

/**
 * A group that the caller sees.
 *
 * @param folder null where the caller does not see it
 * @param builtIn every domain has it: it is neither renamed nor deleted
 * @param members how many direct ones the caller sees
 * @param permissions what the caller holds on it
 * @param revision grows with each change; the entity tag
 */
public record GroupView(
        String id,
        String name,
        @Nullable String description,
        @Nullable Named folder,
        boolean builtIn,
        long members,
        Set<Permission> permissions,
        long revision) {}
