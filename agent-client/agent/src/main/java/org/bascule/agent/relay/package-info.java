/** How far this device is from each relay ({@code docs/protocol/control.md}, "Relays"). */
@NullMarked
package org.bascule.agent.relay;

import org.jspecify.annotations.NullMarked;
