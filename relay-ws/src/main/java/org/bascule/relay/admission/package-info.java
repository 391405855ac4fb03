/**
 * Who may connect: relay tokens with their proof of possession, accepted once, checked with the installation's key set. Specified in
 * {@code docs/protocol/relay.md}.
 *
 * <p>Invariants: a key set counts only if the pinned root signed it and it is not older than the newest seen; fetching it never keeps a thread
 * that delivers messages; memory is bounded whatever is sent. No token and no name is logged.
 */
@NullMarked
package org.bascule.relay.admission;

import org.jspecify.annotations.NullMarked;
