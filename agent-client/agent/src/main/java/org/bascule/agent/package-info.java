/**
 * The agent: a standalone programme on the device that connects outwards only, proves itself to the access server, and runs what a ticket and the
 * device's own policy both allow. This package has the programme itself: {@link org.bascule.agent.Main} and the wiring.
 */
@NullMarked
package org.bascule.agent;

import org.jspecify.annotations.NullMarked;
