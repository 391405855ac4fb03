/**
 * The local terminal: raw while a remote shell has it, and always restored, also when the process is told to stop.
 *
 * <p>Done with {@code stty}, which every POSIX system has, rather than with native structures, which differ between them.
 */
@NullMarked
package org.bascule.control.terminal;

import org.jspecify.annotations.NullMarked;
