/**
 * The control channel to the access server ({@code docs/protocol/control.md}). {@link org.bascule.agent.channel.ChannelProtocol} is the protocol on
 * messages, without a socket; {@link org.bascule.agent.channel.ControlChannel} keeps it connected. Invariants: nothing of the server's is acted upon
 * before its proof was verified under the pinned root; time comes from the verified welcome.
 */
@NullMarked
package org.bascule.agent.channel;

import org.jspecify.annotations.NullMarked;
