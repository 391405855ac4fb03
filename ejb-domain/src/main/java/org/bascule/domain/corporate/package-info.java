/**
 * Identity providers and directories of companies (requirement IDN-7): by which a domain's people sign in, which of its groups they are in for it, and
 * how far an outside organisation's people reach.
 *
 * <p>Invariants: who comes with a provider has no rights beyond the groups that are mapped; a provider that vouched for a user once stays the one whose
 * limits count for that user; a provider's user never becomes a user of another kind by having the same name; what a directory no longer vouches
 * for can do nothing. Secrets are sealed, and given to the realm alone.
 */
@NullMarked
package org.bascule.domain.corporate;

import org.jspecify.annotations.NullMarked;
