/**
 * How a device joins a domain: by a token or by a pairing code that an administrator accepts (requirements DEV-1, DEV-2).
 *
 * <p>Invariants: a token for n devices enrols exactly n, raced or not; asked again with the same key,
 * which has to be proved, both ways answer with what it was registered as, and do nothing; the secret of a token is stored as its hash alone; a machine that waits for an
 * administrator is found by its code alone, and trying codes is limited; what was compared is what is accepted.
 */
@NullMarked
package org.bascule.domain.enrolment;

import org.jspecify.annotations.NullMarked;
