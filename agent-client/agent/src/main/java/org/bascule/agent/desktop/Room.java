package org.bascule.agent.desktop;

import java.util.HashMap;
import java.util.Map;
import org.bascule.agent.desktop.DesktopProblem.Code;
import org.bascule.wire.SessionId;

/** How many screens are shown at once, and how many of them to one session, so that one leaves room for others. Thread-safe. */
public final class Room {

    private final int all;
    private final int each;
    private final String full;

    // guarded by this
    private final Map<SessionId, Integer> taken = new HashMap<>();
    private int total;

    /** @param full a sentence for when others have taken all */
    public Room(int all, int each, String full) {
        this.all = all;
        this.each = each;
        this.full = full;
    }

    /** @throws DesktopProblem if there is none */
    public synchronized void enter(SessionId sid) throws DesktopProblem {
        int own = taken.getOrDefault(sid, 0);
        if (own >= each) {
            throw new DesktopProblem(
                    Code.FAILED, "This session shows " + each + " screens of this kind already. Close one of them.");
        }
        if (total >= all) {
            throw new DesktopProblem(Code.FAILED, full);
        }
        taken.put(sid, own + 1);
        total++;
    }

    /** After an {@link #enter} that found room. */
    public synchronized void leave(SessionId sid) {
        taken.computeIfPresent(sid, (id, own) -> own == 1 ? null : own - 1);
        total--;
    }
}
