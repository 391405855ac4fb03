package org.bascule.agent.chat;

import java.util.Locale;

/** Where somebody at the device reads a chat. */
public enum Place {
    PAGE,
    TERMINAL,
    WINDOW;

    /** In the protocol. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
