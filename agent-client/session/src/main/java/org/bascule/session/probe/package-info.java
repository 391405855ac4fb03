/** Round trips to relays, measured before there is a session ({@code docs/protocol/relay.md}, "Probe"). */
@NullMarked
package org.bascule.session.probe;

import org.jspecify.annotations.NullMarked;
