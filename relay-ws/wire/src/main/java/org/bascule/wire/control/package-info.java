/** Messages and mutual proof of the control channel between agent and access server. Specified in {@code docs/protocol}. */
@NullMarked
package org.bascule.wire.control;

import org.jspecify.annotations.NullMarked;
