/**
 * What happens to a device after it came: new keys, revocation, another machine, release (requirements DEV-2, DEV-3).
 *
 * <p>Invariants: a machine is one device in the whole installation, until an administrator of its domain lets it go; nobody else is told where it is
 * registered. A new identity key is in force from the first channel that proves itself with it, and the old one until then. Only hashes of hardware are stored.
 */
@NullMarked
package org.bascule.domain.lifecycle;

import org.jspecify.annotations.NullMarked;
