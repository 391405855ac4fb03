/**
 * What Bascule adds to Keycloak: nothing that somebody could guess is checked before the access server has granted an attempt, which it counts by
 * address for all realms together (IDN-5); the second factor as each domain's settings ask for it (IDN-4); accounts that have ended (IDN-11);
 * events that say from where (AUD-2).
 *
 * <p>Invariant: while the access server cannot be asked, nobody signs in. State is kept there and in Keycloak's own sessions, none here.
 *
 * <p>What a realm asks for belongs in its template ({@code realm.json}), and what is decided about an address or a user in the access server.
 */
@NullMarked
package org.bascule.keycloak;

import org.jspecify.annotations.NullMarked;
