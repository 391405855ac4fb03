package org.bascule.agent.owner;

import org.bascule.wire.WireException;

/** What the switch does by itself. */
public enum SwitchMode {
    /** On whenever the machine starts; may be switched off until then, or for a time. */
    ALWAYS("always"),
    /** On while a command or an input says so; may be switched off besides. */
    KEY_SWITCH("key-switch"),
    /** Stays as it was left, over restarts. */
    AS_LEFT("as-left");

    private final String text;

    SwitchMode(String text) {
        this.text = text;
    }

    /** As in {@code switch.json} and on the command line. */
    public String text() {
        return text;
    }

    public static SwitchMode of(String text) throws WireException {
        for (SwitchMode mode : values()) {
            if (mode.text.equals(text)) {
                return mode;
            }
        }
        throw WireException.malformed("the mode is 'always', 'key-switch' or 'as-left'");
    }
}
