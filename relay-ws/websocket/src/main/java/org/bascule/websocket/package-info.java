/**
 * WebSockets of a server (RFC 6455) on the Servlet container's non-blocking I/O: a servlet answers the opening handshake with {@link org.bascule.websocket.Handshake} and
 * gets a {@link org.bascule.websocket.Link} to send on, and the container's threads call its {@link org.bascule.websocket.Receiver}.
 *
 * <p>Invariants: no thread waits for a peer; the container's objects are used through one class alone, which knows when they are somebody else's.
 */
@NullMarked
package org.bascule.websocket;

import org.jspecify.annotations.NullMarked;
