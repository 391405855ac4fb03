package org.bascule.web.socket;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bascule.websocket.Link;

/** Records what is sent; while it {@link #holds}, the peer takes nothing. */
public final class RecordedLink implements Link {

    public final List<String> sent = new ArrayList<>();
    public final List<Integer> closed = new ArrayList<>();
    /** All of it in order, {@code closed 1008} for a close. */
    public final List<String> heard = new ArrayList<>();

    final List<Sent> underWay = new ArrayList<>();
    boolean holds;

    @Override
    public String address() {
        return "192.0.2.1";
    }

    @Override
    public void sendText(String text, Sent done) {
        sent.add(text);
        heard.add(text);
        if (holds) {
            underWay.add(done);
        } else {
            done.done(true);
        }
    }

    @Override
    public void sendBinary(ByteBuffer message, Sent done) {
        throw new AssertionError("nothing binary is sent");
    }

    @Override
    public void stayOnEventLoop() {
        heard.add("stays on the event loop");
    }

    @Override
    public void flush() {
        throw new AssertionError("texts go out by themselves");
    }

    @Override
    public void check() {
        throw new AssertionError("texts go out by themselves");
    }

    @Override
    public void close(int code, String reason) {
        closed.add(code);
        heard.add("closed " + code);
    }
}
