/**
 * Forwarded connections: a TCP connection on this machine and a stream of the service {@code tcp}, joined ({@code docs/protocol/forward.md}). The same at both ends. Invariants: one thread for
 * all connections of a process, which never waits; what a stream has no credit for stays unread in its socket, and what a socket does not take keeps its credit back; each direction ends by itself.
 */
@NullMarked
package org.bascule.session.forward;

import org.jspecify.annotations.NullMarked;
