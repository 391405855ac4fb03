/**
 * How a relay makes itself known to its access server: a key of its own, and a heartbeat. Specified in {@code docs/protocol/relay.md}, "Registration".
 *
 * <p>Invariants: runs on a thread of its own, which never carries a message; the access server can empty this relay and fill it again, and do nothing else to it; the key
 * leaves neither its file nor this package.
 */
@NullMarked
package org.bascule.relay.registry;

import org.jspecify.annotations.NullMarked;
