/**
 * As whom terminals and commands run. Invariants: never as root unless the account named is root and the device's own policy allows it; never as an
 * account that the policy does not list; the name is validated before it reaches any command line.
 */
@NullMarked
package org.bascule.agent.account;

import org.jspecify.annotations.NullMarked;
