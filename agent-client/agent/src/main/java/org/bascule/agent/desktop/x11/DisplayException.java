package org.bascule.agent.desktop.x11;

import java.io.IOException;

/** The display cannot be used: {@link #code} as in {@code docs/protocol/desktop.md}, and a sentence that says what can be done. */
public final class DisplayException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String code;

    public DisplayException(String code, String text) {
        super(text);
        this.code = code;
    }

    public String code() {
        return code;
    }
}
