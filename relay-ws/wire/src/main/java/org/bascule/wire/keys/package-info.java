/** One type per key role, so that a key cannot be used for another purpose. Secret halves never print. Specified in {@code docs/protocol}. */
@NullMarked
package org.bascule.wire.keys;

import org.jspecify.annotations.NullMarked;
