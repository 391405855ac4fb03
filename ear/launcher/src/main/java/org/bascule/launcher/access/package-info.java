/**
 * Clients of the running system, as anybody would write them: a sign-in at the realm, and a few calls of the REST API.
 *
 * <p>Nothing here has a privilege that a user does not have.
 */
@NullMarked
package org.bascule.launcher.access;

import org.jspecify.annotations.NullMarked;
