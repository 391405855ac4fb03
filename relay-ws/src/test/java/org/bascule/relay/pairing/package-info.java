/** Pairing without a container: links that record, a clock that stands still. */
@NullMarked
package org.bascule.relay.pairing;

import org.jspecify.annotations.NullMarked;
