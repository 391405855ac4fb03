/**
 * The tree of a domain: folders and the devices in them, as the caller may see them (requirements DOM-1, DOM-2, DOM-5).
 *
 * <p>Invariants: lists are filtered by rights, sorted and cut in the database; what the caller may not see does not exist for the caller;
 * changes carry the version that was seen.
 */
@NullMarked
package org.bascule.domain.directory;

import org.jspecify.annotations.NullMarked;
