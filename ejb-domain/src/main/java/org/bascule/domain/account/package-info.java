/**
 * Accounts by which a domain's users sign in, as its administrators see them (requirements IDN-3, IDN-4, IDN-11): made with a first password or an invitation,
 * switched off, given an end, and removed with the user.
 *
 * <p>Invariants: rights hang on the account's id and never on its name; whoever gives somebody a way into an account may give all that it is allowed;
 * a password is told once, to who asked for it, and must be changed; what is not allowed to sign in is refused at every request as well as at the sign-in.
 */
@NullMarked
package org.bascule.domain.account;

import org.jspecify.annotations.NullMarked;
