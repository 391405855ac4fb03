/**
 * What changed, told after the transaction committed, for those who show it at once.
 *
 * <p>Invariants: events are immutable and carry ids and display values, never entities; every event but {@code RelaysChanged} names its domain, and a receiver checks the
 * rights of whom it tells. No delivery guarantee: whoever misses one reloads.
 */
@NullMarked
package org.bascule.domain.live;

import org.jspecify.annotations.NullMarked;
