/**
 * The two ends of a session meet and exchange messages that the relay cannot read: meeting, forwarding, bounds on what is queued, and the
 * life of a connection. Specified in {@code docs/protocol/relay.md}.
 *
 * <p>Invariants: a message is forwarded on the thread that read it, untouched and in order; what is queued for a receiver is bounded, for
 * each direction and for the whole relay; closing never happens on a thread that holds a lock of the container. Containers, sockets and
 * configuration do not belong here: a connection is a {@link org.bascule.relay.pairing.Link}.
 */
@NullMarked
package org.bascule.relay.pairing;

import org.jspecify.annotations.NullMarked;
