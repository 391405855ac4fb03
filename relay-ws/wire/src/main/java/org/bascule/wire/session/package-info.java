/** Bodies of the two requests that open a session. Specified in {@code docs/protocol}. */
@NullMarked
package org.bascule.wire.session;

import org.jspecify.annotations.NullMarked;
