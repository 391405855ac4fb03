/**
 * Who the caller is: sign-in at the realm of a domain (OpenID Connect, authorization code with PKCE), bearer tokens, log-out, protection of
 * changes against forged requests.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>The domain of a caller follows from the verified issuer of a token and from nothing else; a login that was started for one domain ends
 *       in that domain or not at all.
 *   <li>Everything needs a caller unless {@link org.bascule.web.login.AccessRule} lists it as public.
 *   <li>Tokens stay on this side; the browser holds a cookie that scripts cannot read.
 * </ul>
 *
 * <p>What a caller may do is decided by the domain, not here.
 */
@NullMarked
package org.bascule.web.login;

import org.jspecify.annotations.NullMarked;
