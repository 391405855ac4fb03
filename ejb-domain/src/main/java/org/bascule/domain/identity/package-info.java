/**
 * Who is calling: domains, their realms, and references to the users of the realms (requirements IDN-1, DOM-1).
 *
 * <p>Invariants: the domain follows from the issuer of the proof of identity and from nothing else; a user id is the subject of the realm and
 * belongs to one domain for ever. Passwords and second factors are known to the identity provider alone.
 */
@NullMarked
package org.bascule.domain.identity;

import org.jspecify.annotations.NullMarked;
