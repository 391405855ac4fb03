/**
 * The full log of a session (AUD-3), where its ticket demands it. Invariants: an action is on the disk before it has its effect, or it does not happen; what is logged is not lost
 * while the server cannot be reached (tools wait instead, and are refused after a while); texts are cut where they are too long, and that is said.
 */
@NullMarked
package org.bascule.agent.log;

import org.jspecify.annotations.NullMarked;
