/**
 * The remote desktop at the device: finds the display, starts the process that shows it, and keeps rights and log.
 *
 * <p>Invariants: no native code of the display in the agent; what is not permitted any more ends within seconds; what was pressed is let go of whatever becomes of the process.
 */
@NullMarked
package org.bascule.agent.desktop;

import org.jspecify.annotations.NullMarked;
