/**
 * The audit log as a signed-in user may read it.
 *
 * <p>Invariants: nothing is read before the permission was checked; a reader sees rows of the own domain alone.
 */
@NullMarked
package org.bascule.domain.logbook;

import org.jspecify.annotations.NullMarked;
