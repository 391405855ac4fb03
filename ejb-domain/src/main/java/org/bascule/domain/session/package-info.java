/**
 * Remote sessions from request to end, as far as the access server takes part ({@code docs/protocol/session.md}).
 *
 * <p>Invariants: the handshake messages pass through unread; a ticket is signed only after a permission check; every session has an end in the
 * audit log.
 */
@NullMarked
package org.bascule.domain.session;

import org.jspecify.annotations.NullMarked;
