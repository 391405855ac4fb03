package org.bascule.agent.session;

import java.util.List;
import org.bascule.wire.SessionId;

/** What runs at this device, for whoever is there. */
public interface RunningSessions {

    /** Oldest first. */
    List<SessionSummary> running();

    /**
     * Ends a session at the will of somebody at the device.
     *
     * @param by for the log
     * @return false if there is no such session
     */
    boolean endHere(SessionId sid, String by);
}
