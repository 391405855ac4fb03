package org.bascule.session.stream;

import java.util.ArrayList;
import java.util.List;
import org.bascule.session.transport.Transport;

/** Keeps what is sent; delivers nothing. */
final class CapturingTransport implements Transport {

    final List<byte[]> sent = new ArrayList<>();

    @Override
    public void start(Receiver receiver) {}

    @Override
    public void send(byte[] message) {
        sent.add(message);
    }

    byte[] last() {
        return sent.get(sent.size() - 1);
    }

    @Override
    public void close() {}

    @Override
    public void abort() {}
}
