/**
 * An X display through its own libraries by JNA. Only for the process that has the account's rights: what goes wrong in native code ends that process.
 *
 * <p>Invariants: a connection belongs to one thread; an error of the server is counted, not fatal; what was pressed, locked or remapped is undone at the end.
 */
@NullMarked
package org.bascule.agent.desktop.x11;

import org.jspecify.annotations.NullMarked;
