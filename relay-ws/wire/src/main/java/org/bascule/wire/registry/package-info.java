/** How a relay makes itself known to its access server. Specified in {@code docs/protocol/relay.md}, "Registration". */
@NullMarked
package org.bascule.wire.registry;

import org.jspecify.annotations.NullMarked;
