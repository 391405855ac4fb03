/**
 * The static handshake key and its endorsement. Invariants: a static key lives in memory alone and for a day at most; a counter is on the disk before an
 * endorsement carries it; the key before the present one is accepted for an hour more.
 */
@NullMarked
package org.bascule.agent.endorse;

import org.jspecify.annotations.NullMarked;
