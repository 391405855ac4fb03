/**
 * The transparency log (requirement AUD-5): what was committed to the audit log and every certificate of a device become leaves of a Merkle tree (RFC 9162), one for
 * each domain and one for the installation, whose leaves are heads of the others. Formats are in {@code docs/protocol/audit.md}.
 *
 * <p>Invariants: a writer waits for nothing here; the sealer decides the order, and within one sealing it is that of the ids; an entry is sealed once, and a place in
 * a tree is given once, which the database's keys enforce; leaves, nodes and heads are never changed; nothing is signed that was not stored in the same transaction.
 */
@NullMarked
package org.bascule.domain.transparency;

import org.jspecify.annotations.NullMarked;
