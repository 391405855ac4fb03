/**
 * Connections from the device to its own ports and to what is behind it (TOOL-5). Invariants: a name is resolved here, and what counts is the address that is then connected to; both the
 * session's ticket and the owner's policy must permit it; the agent's own local page is out of reach; a connection is recorded before it is made.
 */
@NullMarked
package org.bascule.agent.forward;

import org.jspecify.annotations.NullMarked;
