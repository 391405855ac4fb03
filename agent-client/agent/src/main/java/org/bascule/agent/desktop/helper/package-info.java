/**
 * The process that shows a display: started by the agent with the rights of the account whose display it is.
 *
 * <p>Invariants: without the agent's word nothing is touched; when the agent's end of the link is gone, the process ends and has let go of everything.
 */
@NullMarked
package org.bascule.agent.desktop.helper;

import org.jspecify.annotations.NullMarked;
