/**
 * The record of who did what (requirements AUD-1, AUD-2).
 *
 * <p>Invariants: a row is inserted in the transaction of what it describes, and is never changed or deleted: the database refuses both by
 * privilege and by trigger. Refused attempts are written in a transaction of their own. Every text in a row may be hostile and is bounded.
 */
@NullMarked
package org.bascule.domain.audit;

import org.jspecify.annotations.NullMarked;
