/**
 * The relays of the installation: those of the configuration, and those that make themselves known and that an operator approved ({@code docs/protocol/relay.md},
 * "Registration").
 *
 * <p>Invariants: who sends heartbeats is a stranger until an operator compared the words of its key; the key of an id never changes unless an operator removes the
 * relay; a relay that wants other addresses is a stranger again, because pages may connect to them. The live list is kept in memory and is at most some seconds old.
 */
@NullMarked
package org.bascule.domain.relay;

import org.jspecify.annotations.NullMarked;
