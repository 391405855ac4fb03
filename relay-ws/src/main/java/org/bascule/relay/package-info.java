/**
 * The relay as a web application: its WebSocket endpoint, its configuration, its health. Pairs two connections and forwards what it cannot
 * read; see {@code docs/protocol/relay.md}.
 *
 * <p>Invariants: no database, no key of a session, no name; the classes of the end-to-end session are not on its class path. What a relay
 * does is in {@link org.bascule.relay.pairing} and {@link org.bascule.relay.admission}, this package only connects them to the container.
 */
@NullMarked
package org.bascule.relay;

import org.jspecify.annotations.NullMarked;
