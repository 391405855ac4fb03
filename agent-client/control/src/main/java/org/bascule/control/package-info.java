/**
 * {@code bascule}, the command line: sign in, list devices, open a shell or run a command on one, and the operator's offline commands.
 *
 * <p>Invariants: an error is one sentence on standard error and an exit code of {@link org.bascule.control.ExitCode}; whatever a device or a
 * server says is printed with control characters escaped; no token is ever printed or taken from the command line.
 */
@NullMarked
package org.bascule.control;

import org.jspecify.annotations.NullMarked;
