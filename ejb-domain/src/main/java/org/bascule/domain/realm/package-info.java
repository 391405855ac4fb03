/**
 * The realms of the domains (requirements IDN-1 to IDN-4, IDN-9): what a domain has decided about signing in, and how its realm at Keycloak comes to be as
 * the template and these decisions want it.
 *
 * <p>Invariants: a realm is derived from the database and the template, and brought up to them by {@link org.bascule.domain.realm.RealmReconcile}
 * alone, at the creation of a domain, after an upgrade and after a change of settings; what a domain's users have set themselves (passwords, second
 * factors, sessions) is never touched by that. One node works on a realm at a time. A creation that was interrupted is completed or taken back.
 */
@NullMarked
package org.bascule.domain.realm;

import org.jspecify.annotations.NullMarked;
