/**
 * The WebSocket of the control channel ({@code docs/protocol/control.md}): frames, sizes, queues. What the messages mean is decided by
 * {@code org.bascule.domain.device}.
 *
 * <p>Invariants: one message at a time goes to the domain for each channel; what is sent never waits for the agent; what is not a message of the
 * protocol closes the channel.
 */
@NullMarked
package org.bascule.web.agent;

import org.jspecify.annotations.NullMarked;
