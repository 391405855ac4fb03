/**
 * Files of the command line: written atomically, secrets with mode 0600 in folders with mode 0700.
 *
 * <p>Invariant: a secret never exists on disk with a wider mode, not even for a moment. Formats do not belong here.
 */
@NullMarked
package org.bascule.control.files;

import org.jspecify.annotations.NullMarked;
