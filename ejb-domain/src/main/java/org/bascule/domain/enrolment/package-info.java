/**
 * How a device joins a domain: tokens, and the exchange of one for a certificate (requirements DEV-1, DEV-2).
 *
 * <p>Invariants: a token for n devices enrols exactly n, raced or not; the secret of a token is stored as its hash alone.
 */
@NullMarked
package org.bascule.domain.enrolment;

import org.jspecify.annotations.NullMarked;
