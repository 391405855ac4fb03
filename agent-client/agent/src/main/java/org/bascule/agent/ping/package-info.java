/** Measures how this device reaches its access servers and relays, for whoever looks for the reason why it does not. */
@NullMarked
package org.bascule.agent.ping;

import org.jspecify.annotations.NullMarked;
