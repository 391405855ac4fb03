/**
 * Service contracts and qualifications as conditions of access (requirement DOM-10): what must be true beside the rights.
 *
 * <p>Invariants: the contract of the nearest folder counts, alone; conditions never give a right; they are checked when a session opens, at its
 * handshake, at every renewal of its lease, and when one changes or ends. Whoever manages a folder below a demand may add to it, not take from it.
 */
@NullMarked
package org.bascule.domain.contract;

import org.jspecify.annotations.NullMarked;
