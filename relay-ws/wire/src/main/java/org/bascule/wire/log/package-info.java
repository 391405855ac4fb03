/**
 * The transparency log (requirement AUD-5): what its leaves are, how they become a tree, and how heads and proofs are verified (RFC 9162 sections 2.1 and 4).
 * Specified in {@code docs/protocol/audit.md}.
 *
 * <p>Invariants: a leaf is bytes of one fixed layout, never JSON that is written again; a proof is accepted only if every node of it was used and none was
 * missing; nothing here trusts a number that came with a proof. What stores trees does not belong here.
 */
@NullMarked
package org.bascule.wire.log;

import org.jspecify.annotations.NullMarked;
