/**
 * Live events for browsers and native clients ({@code docs/protocol/api.md}, "Live events").
 *
 * <p>Invariants: an event goes only to who may see what it is about, asked of the domain for each event anew; no thread of the domain waits for a
 * browser; whoever missed an event is disconnected and reloads.
 */
@NullMarked
package org.bascule.web.events;

import org.jspecify.annotations.NullMarked;
