/**
 * The end-to-end session between a client and an agent ({@code docs/protocol/session.md}): what neither the relay nor the access server can read.
 *
 * <p>{@code noise} has the cryptographic handshake pattern, {@code handshake} what its messages carry, {@code record} the protection of what follows,
 * {@code stream} the session itself, {@code transport} the way through a relay, {@code trust} what a client checks before it sends anything, {@code client} the
 * whole path for a client. Only agents and clients depend on this module; the relay and the access server must not be able to see it.
 */
@NullMarked
package org.bascule.session;

import org.jspecify.annotations.NullMarked;
