/**
 * Users and groups of a domain (requirements DOM-2, DOM-3): references, memberships and who may change them. Accounts, passwords and sign-in belong
 * to the identity provider.
 *
 * <p>Invariants: who does not hold {@code see-users} on a user or group does not learn of it; groups never contain themselves; a domain keeps an
 * owner; nobody gives by a membership what he may not give by an entry.
 */
@NullMarked
package org.bascule.domain.people;

import org.jspecify.annotations.NullMarked;
