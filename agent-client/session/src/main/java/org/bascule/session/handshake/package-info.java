/**
 * The two handshake messages of a session ({@code docs/protocol/session.md}, "Prologue" and "Handshake"): {@link org.bascule.session.handshake.ClientHandshake}
 * writes m1 and reads m2, {@link org.bascule.session.handshake.DeviceHandshake} reads m1 and writes m2.
 *
 * <p>Invariants: every failure has a name for the own log, the other end learns none; there is one m2 for an m1; nothing works without the KEM. Tickets are
 * verified by the agent before it comes here.
 */
@NullMarked
package org.bascule.session.handshake;

import org.jspecify.annotations.NullMarked;
