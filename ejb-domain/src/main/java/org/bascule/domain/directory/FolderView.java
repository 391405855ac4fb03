package org.bascule.domain.directory;

import java.util.Set;
import org.bascule.domain.acl.Permission;
import org.jspecify.annotations.Nullable;

/**
 * A folder that the caller sees.
 *
 * @param parent id of the folder above, null for the root and where the caller does not see the folder above
 * @param devices how many devices the caller sees in it, not counting folders below
 */
public record FolderView(String id, String name, @Nullable String parent, long devices, Set<Permission> permissions) {}
