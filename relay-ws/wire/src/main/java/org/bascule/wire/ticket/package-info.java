/** The ticket: what this user may do on this device now, signed by the access server. Specified in {@code docs/protocol}. */
@NullMarked
package org.bascule.wire.ticket;

import org.jspecify.annotations.NullMarked;
