package org.bascule.domain.directory;

import java.util.List;
import java.util.Set;
import org.bascule.domain.acl.Permission;
import org.jspecify.annotations.Nullable;

/**
 * A folder that the caller sees.
 *
 * @param parent id of the folder above, null for the root and where the caller does not see the folder above
 * @param path the folders above that the caller sees, from the top down
 * @param children how many folders the caller sees in it
 * @param devices how many devices the caller sees in it and in everything below
 * @param inherit whether permissions of the folders above reach into it
 * @param quota concurrent sessions on devices in it and below, null for no limit
 * @param revision grows with each change; the entity tag
 */
public record FolderView(
        String id,
        String name,
        @Nullable String description,
        @Nullable String parent,
        List<Named> path,
        long children,
        long devices,
        Set<Permission> permissions,
        boolean inherit,
        @Nullable Integer quota,
        long revision) {}
