package org.bascule.agent.desktop.rfb;

/** What the client's mouse and keyboard do. For one thread. */
public interface InputSink {

    /**
     * Moves and presses.
     *
     * @param buttons bit 0 for button 1 and so on
     */
    void pointer(int buttons, int x, int y);

    /**
     * A key goes down or up.
     *
     * @param keysym of X11; 0 if unknown
     * @param scanCode as QEMU has it: set 1, with 0x80 added for those that begin with 0xe0; 0 if unknown
     */
    void key(boolean down, int keysym, int scanCode);
}
