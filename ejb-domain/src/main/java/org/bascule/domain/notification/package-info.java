/**
 * What the addresses of a domain's options are told (requirement DOM-8): that help or access is asked for, and that something is wrong with a device.
 *
 * <p>Invariants: what is told of is written by the transaction that does it; the first mail goes at once, then one every ten minutes at most; a mail is bounded, however
 * much there is to tell, and names things, never what people wrote.
 */
@NullMarked
package org.bascule.domain.notification;

import org.jspecify.annotations.NullMarked;
