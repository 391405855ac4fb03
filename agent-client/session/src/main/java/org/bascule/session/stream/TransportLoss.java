package org.bascule.session.stream;

import org.bascule.session.transport.TransportEnd;

/**
 * A session lost its transport.
 *
 * @param relay id of its relay
 * @param attempt 0 for the first, otherwise that of its {@code RESUME}
 * @param lived how long it carried the session, nanoseconds
 */
public record TransportLoss(String relay, long attempt, TransportEnd end, long lived) {}
