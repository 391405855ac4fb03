/**
 * Where this installation lives in the web: its public URL, its relays' origins, its proxies, and what every answer says about itself.
 *
 * <p>Invariants: nothing here is derived from a request's {@code Host}; settings are read once and validated; a wrong setting stops the
 * deployment instead of weakening it. Who the caller is belongs to {@code org.bascule.web.login}.
 */
@NullMarked
package org.bascule.web.site;

import org.jspecify.annotations.NullMarked;
