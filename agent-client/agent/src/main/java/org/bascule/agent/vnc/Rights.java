package org.bascule.agent.vnc;

import java.io.IOException;
import org.bascule.agent.log.SessionLog.Direction;

/** What the session may do with the screen at this moment. Thread-safe. */
interface Rights {

    /** Whether mouse, keyboard and the clipboard to the server count. */
    boolean isControl();

    /** Whether clipboards go that way, as far as one may ask or announce. */
    boolean isClipboard(Direction direction);

    /**
     * Records that a text is about to pass; it must not if this throws or says no.
     *
     * @param length in characters
     */
    boolean passes(Direction direction, long length) throws IOException;
}
