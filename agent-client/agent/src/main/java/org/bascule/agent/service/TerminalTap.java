package org.bascule.agent.service;

import org.bascule.session.service.TerminalSize;

/** Sees what a terminal puts out. Must not block: the terminal waits for it. */
public interface TerminalTap {

    /** The buffer is used again after the call. */
    void output(byte[] bytes, int length);

    void resized(TerminalSize size);

    /** Nobody looks. */
    TerminalTap NONE = new TerminalTap() {
        @Override
        public void output(byte[] bytes, int length) {}

        @Override
        public void resized(TerminalSize size) {}
    };
}
