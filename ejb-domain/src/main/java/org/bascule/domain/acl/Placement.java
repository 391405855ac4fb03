package org.bascule.domain.acl;

import org.jspecify.annotations.Nullable;

/**
 * Where a resource that is no folder hangs in the tree.
 *
 * @param folder the folder that it is in; null for a folder itself, which is looked for elsewhere
 * @param inherits whether entries of that folder and those above it count
 */
record Placement(@Nullable String folder, boolean inherits, boolean device) {}
