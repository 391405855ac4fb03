/** Admission to a relay: token, proof of possession, close codes, limits. Specified in {@code docs/protocol}. */
@NullMarked
package org.bascule.wire.relay;

import org.jspecify.annotations.NullMarked;
