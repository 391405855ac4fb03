/**
 * Keycloak's Admin REST API, as far as the domain needs it.
 *
 * <p>Invariants: what comes back is bounded in size and time; neither a secret nor a token is in the text of a failure; who asks acts with a service
 * account of the realm that it is about, or with the one that makes realms. What is asked, and why, is for the packages that use this.
 */
@NullMarked
package org.bascule.domain.keycloak;

import org.jspecify.annotations.NullMarked;
