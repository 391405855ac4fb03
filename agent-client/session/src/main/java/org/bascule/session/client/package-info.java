/**
 * The whole path of a client: from the access server's answer to a running session. Requests to the access server are the caller's; this package calls it back for
 * the one between m1 and m2.
 */
@NullMarked
package org.bascule.session.client;

import org.jspecify.annotations.NullMarked;
