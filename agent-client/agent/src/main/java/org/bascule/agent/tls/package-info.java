/**
 * TLS towards the access server. Invariants: certificates and host names are always verified; there is no switch to turn it off; what the server
 * showed is recorded, because the control channel's mutual proof binds it.
 */
@NullMarked
package org.bascule.agent.tls;

import org.jspecify.annotations.NullMarked;
