/**
 * Whether a ticket opens anything here. Invariants: signature under the key set of the pinned root, this device, this issuer, this handshake message,
 * this time by the channel's clock; each ticket and each handshake message works once.
 */
@NullMarked
package org.bascule.agent.ticket;

import org.jspecify.annotations.NullMarked;
