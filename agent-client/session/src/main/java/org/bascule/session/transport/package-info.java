/**
 * What carries records: messages in order, nothing more. {@link org.bascule.session.transport.RelayTransport} is the product's, through a relay
 * ({@code docs/protocol/relay.md}); tests have one in memory.
 *
 * <p>Invariants: {@code send} never blocks and keeps the order; messages are delivered by one thread at a time; {@code closed} is the last call and comes once.
 * Encryption does not belong here.
 */
@NullMarked
package org.bascule.session.transport;

import org.jspecify.annotations.NullMarked;
