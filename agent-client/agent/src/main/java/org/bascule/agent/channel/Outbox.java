package org.bascule.agent.channel;

import org.bascule.wire.control.ControlMessage;

/** Where messages for the access server go. Never blocks. */
@FunctionalInterface
public interface Outbox {

    /**
     * Sends if the channel stands; what must not be lost is an event instead.
     *
     * @return whether it was taken
     */
    boolean send(ControlMessage message);
}
