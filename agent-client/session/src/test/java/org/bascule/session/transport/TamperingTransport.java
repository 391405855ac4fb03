package org.bascule.session.transport;

import java.util.List;
import java.util.function.Function;

/** Any transport, with everything that is sent changed on the way: dropped, altered, repeated. For tests through a real relay. */
public final class TamperingTransport implements Transport {

    private final Transport way;
    private volatile Function<byte[], List<byte[]>> change;

    /**
     * Wraps a transport.
     *
     * @param change gives what is sent instead of a message; {@code List::of} changes nothing
     */
    public TamperingTransport(Transport way, Function<byte[], List<byte[]>> change) {
        this.way = way;
        this.change = change;
    }

    /** Changes what is sent from now on differently. */
    public void sendThrough(Function<byte[], List<byte[]>> newChange) {
        change = newChange;
    }

    @Override
    public void start(Receiver receiver) {
        way.start(receiver);
    }

    @Override
    public void send(byte[] message) {
        change.apply(message).forEach(way::send);
    }

    @Override
    public void close() {
        way.close();
    }

    @Override
    public void abort() {
        way.abort();
    }
}
