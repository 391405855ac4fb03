package org.bascule.domain.device;

import org.bascule.wire.control.ControlMessage;

/**
 * One WebSocket of an agent, implemented by the endpoint. Compared by identity.
 *
 * <p>All methods may be called from any thread, return at once and never throw: what cannot be sent closes the channel.
 */
public interface DeviceChannel {

    /** Queues a message; the order of calls is kept. The queue is bounded, and the channel is closed when it is full. */
    void send(ControlMessage message);

    /** Sends {@code {"type":"error"}} with code and detail, then closes. Further calls have no effect. */
    void close(String code, String detail);

    /** Network address of the peer. */
    String address();
}
