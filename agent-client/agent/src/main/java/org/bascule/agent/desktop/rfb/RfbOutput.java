package org.bascule.agent.desktop.rfb;

import java.io.IOException;
import java.io.OutputStream;

/** Whole messages to the client, one after the other; blocks while they are not taken. Thread-safe. */
final class RfbOutput {

    private final OutputStream out;

    RfbOutput(OutputStream out) {
        this.out = out;
    }

    synchronized void send(Packet message) throws IOException {
        out.write(message.array(), 0, message.length());
        out.flush();
    }
}
