/**
 * Who the user is: authorization code with a loopback redirect, or device grant, at the realm of the domain, tokens in a private file, silent renewal; or a token from the environment.
 *
 * <p>Invariants: tokens are never printed, logged or given on a command line; a refresh token goes only to the authorization server that
 * issued it, over https or to this machine.
 */
@NullMarked
package org.bascule.control.signin;

import org.jspecify.annotations.NullMarked;
