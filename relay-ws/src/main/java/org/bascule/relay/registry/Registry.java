package org.bascule.relay.registry;

import java.io.IOException;

/** Where heartbeats go. */
public interface Registry {

    /**
     * Hands over a signed heartbeat; may block for some seconds.
     *
     * @return the answer as text
     * @throws IOException if there is none, or the heartbeat was not accepted
     */
    String heartbeat(String signed) throws IOException;

    /**
     * Hands over what was forwarded; may block for some seconds.
     *
     * @throws IOException if it was not taken down
     */
    void traffic(String signed) throws IOException;
}
