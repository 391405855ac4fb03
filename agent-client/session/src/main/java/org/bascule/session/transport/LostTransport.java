package org.bascule.session.transport;

/** A transport that did not come to be: a session that begins with it has lost it at once, and goes to the next one. */
public record LostTransport(TransportEnd end) implements Transport {

    @Override
    public void start(Receiver receiver) {
        receiver.closed(end);
    }

    @Override
    public void send(byte[] message) {
        // as over one that broke a moment ago
    }

    @Override
    public void close() {
        // there is nothing
    }

    @Override
    public void abort() {
        // there is nothing
    }
}
