/**
 * Asking other servers.
 *
 * <p>Invariant: whoever answers, however slowly or much, keeps a thread no longer and fills memory no further than was said.
 */
@NullMarked
package org.bascule.domain.http;

import org.jspecify.annotations.NullMarked;
