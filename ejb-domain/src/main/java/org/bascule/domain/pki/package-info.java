/**
 * The keys and certificates of the installation and of its domains.
 *
 * <p>Invariants: private keys are in the database only wrapped by the master key; they sign only through the role types of the wire module;
 * nothing is signed before the offline root has signed the key set.
 */
@NullMarked
package org.bascule.domain.pki;

import org.jspecify.annotations.NullMarked;
