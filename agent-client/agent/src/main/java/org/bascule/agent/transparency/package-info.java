/**
 * What this device has seen of its domain's transparency log ({@code docs/protocol/session.md}, "Gossip"): with each session a client shows it a signed head, and the
 * device says whether that fits what it was shown before.
 *
 * <p>Invariants: a head that was seen gives way only to one that is proved to go on from it; two heads that contradict each other are kept as evidence and reported once;
 * a session is never refused here, because the client, who learns what the device has seen, refuses by itself.
 */
@NullMarked
package org.bascule.agent.transparency;

import org.jspecify.annotations.NullMarked;
