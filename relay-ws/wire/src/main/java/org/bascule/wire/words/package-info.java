/**
 * Fingerprints as words that two people read to each other ({@code docs/protocol/session.md}, "Words"). Nothing else belongs here.
 *
 * <p>Invariants: the list never changes, because words that were written down must stay comparable.
 */
@NullMarked
package org.bascule.wire.words;

import org.jspecify.annotations.NullMarked;
