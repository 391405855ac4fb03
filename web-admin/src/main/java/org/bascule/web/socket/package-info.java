/**
 * Sending on WebSockets without waiting: bounded queues and limits that both the agents' and the browsers' endpoints use.
 *
 * <p>Invariant: no method blocks on the network; whoever does not take what is sent loses the connection, not the server its memory.
 */
@NullMarked
package org.bascule.web.socket;

import org.jspecify.annotations.NullMarked;
