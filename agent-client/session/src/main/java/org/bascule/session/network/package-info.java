/**
 * How this program reaches the outside: HTTP requests and WebSockets (RFC 9112, RFC 6455) over TLS 1.2 or 1.3, directly or through a proxy. One
 * {@link org.bascule.session.network.Network} for everything that an agent or a client says.
 *
 * <p>Invariants: everything that arrives is hostile and bounded; every attempt ends in time; no password of a proxy is in an error or a {@code toString}.
 */
@NullMarked
package org.bascule.session.network;

import org.jspecify.annotations.NullMarked;
