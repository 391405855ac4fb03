package org.bascule.relay.pairing;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bascule.websocket.Link;
import org.bascule.wire.relay.RelayClose;

/** Records what is sent. While {@link #hold} is set, messages stay queued until {@link #release}. */
final class FakeLink implements Link {

    private final String address;

    // guarded by this
    private final List<String> sent = new ArrayList<>();
    private final List<Sent> held = new ArrayList<>();
    private int checks;
    private boolean hold;
    private volatile Runnable onClose = () -> {};
    private int closeCode;

    FakeLink(String address) {
        this.address = address;
    }

    @Override
    public String address() {
        return address;
    }

    @Override
    public void sendText(String text, Sent done) {
        synchronized (this) {
            sent.add(text);
        }
        done.done(true);
    }

    @Override
    public void sendBinary(ByteBuffer message, Sent done) {
        synchronized (this) {
            sent.add("binary " + message.remaining());
            if (hold) {
                held.add(done);
                return;
            }
        }
        done.done(true);
    }

    @Override
    public synchronized void check() {
        checks++;
    }

    synchronized int checks() {
        return checks;
    }

    @Override
    public void stayOnEventLoop() {}

    @Override
    public void flush() {
        // everything is sent at once
    }

    @Override
    public void close(int code, String reason) {
        synchronized (this) {
            if (closeCode != 0) {
                return;
            }
            closeCode = code;
        }
        onClose.run();
    }

    /** What happens while this link is being closed. */
    void onClose(Runnable event) {
        onClose = event;
    }

    synchronized void hold() {
        hold = true;
    }

    void release() {
        List<Sent> all;
        synchronized (this) {
            hold = false;
            all = List.copyOf(held);
            held.clear();
        }
        all.forEach(done -> done.done(true));
    }

    void releaseOne() {
        Sent one;
        synchronized (this) {
            one = held.remove(0);
        }
        one.done(true);
    }

    synchronized List<String> sent() {
        return List.copyOf(sent);
    }

    synchronized Optional<RelayClose> closed() {
        return RelayClose.of(closeCode);
    }

    /** 0 while it is not closed. */
    synchronized int closeCode() {
        return closeCode;
    }
}
