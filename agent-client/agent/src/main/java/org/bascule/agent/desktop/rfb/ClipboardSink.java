package org.bascule.agent.desktop.rfb;

/** What the client does about the clipboard. Must not block. */
public interface ClipboardSink {

    /** The client's text. */
    void offered(String text);

    /** The client wants the device's text that it was told of. */
    void wanted();
}
