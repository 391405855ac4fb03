/**
 * Who guesses is shut out (requirement IDN-5): failed attempts are counted by network address, for every domain, account and kind of secret together, and too many
 * of them block the address for a while.
 *
 * <p>Invariants: the counters are in the database, so that they hold for all nodes and after a restart; an attempt takes its place among the failures that are left
 * before it is looked at, so that guesses at the same time are no more than guesses one after another; a success takes back its own attempt and no other; a block and
 * its end are audited once each. Passwords and tokens never come here.
 */
@NullMarked
package org.bascule.domain.guard;

import org.jspecify.annotations.NullMarked;
