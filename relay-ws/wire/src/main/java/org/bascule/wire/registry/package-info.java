/** How a relay makes itself known to its access server, and how the ends are told of relays. Specified in {@code docs/protocol/relay.md}. */
@NullMarked
package org.bascule.wire.registry;

import org.jspecify.annotations.NullMarked;
