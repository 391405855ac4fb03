package org.bascule.agent.session;

import java.util.HashMap;
import java.util.Map;
import org.bascule.wire.SessionId;

/** How much runs on the device at once. Whatever a few sessions take, another one finds room for its first tools. Thread-safe. */
final class Places {

    /** Terminals, commands and the like of all sessions. */
    static final int ALL = 64;
    /** Of these, for sessions that have less than {@link #FIRST}. */
    static final int KEPT = 16;

    static final int FIRST = 2;

    // guarded by this
    private final Map<SessionId, Integer> taken = new HashMap<>();
    private int total;

    /** @return false if there is no room */
    synchronized boolean enter(SessionId sid) {
        int own = taken.getOrDefault(sid, 0);
        if (total >= (own < FIRST ? ALL : ALL - KEPT)) {
            return false;
        }
        taken.put(sid, own + 1);
        total++;
        return true;
    }

    /** After an {@link #enter} that found room. */
    synchronized void leave(SessionId sid) {
        taken.computeIfPresent(sid, (id, own) -> own == 1 ? null : own - 1);
        total--;
    }
}
