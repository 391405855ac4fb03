/**
 * What the operator of an installation does offline: make the installation root key, and sign the key set that the access server asks for.
 *
 * <p>Invariants: needs no network and no configuration; the root's secret half is read from and written to a file with mode 0600 alone and
 * is never printed. The launcher uses these classes as a library.
 */
@NullMarked
package org.bascule.control.installation;

import org.jspecify.annotations.NullMarked;
