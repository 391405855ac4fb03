package org.bascule.agent.session;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.bascule.session.transport.Transport;
import org.bascule.session.transport.TransportEnd;
import org.jspecify.annotations.Nullable;

/** Two ends in one process, each with a thread that delivers: a relay's place in tests. */
final class MemoryTransport implements Transport {

    private final BlockingQueue<Object> incoming = new LinkedBlockingQueue<>();
    private volatile @Nullable MemoryTransport peer;

    private MemoryTransport() {}

    /** Two ends of one connection. */
    record Pair(MemoryTransport client, MemoryTransport device) {}

    static Pair pair() {
        Pair pair = new Pair(new MemoryTransport(), new MemoryTransport());
        pair.client.peer = pair.device;
        pair.device.peer = pair.client;
        return pair;
    }

    @Override
    public void start(Receiver receiver) {
        Thread thread = new Thread(() -> deliver(receiver), "memory-transport");
        thread.setDaemon(true);
        thread.start();
    }

    private void deliver(Receiver receiver) {
        try {
            while (true) {
                Object next = incoming.take();
                if (next instanceof byte[] message) {
                    receiver.message(message, 0, message.length);
                } else if (next instanceof TransportEnd end) {
                    receiver.closed(end);
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void send(byte[] message) {
        MemoryTransport other = peer;
        if (other != null) {
            other.incoming.add(message.clone());
        }
    }

    @Override
    public void close() {
        MemoryTransport other = peer;
        if (other != null) {
            peer = null;
            other.incoming.add(new TransportEnd(TransportEnd.Kind.PEER_GONE, "closed by the other end"));
            incoming.add(new TransportEnd(TransportEnd.Kind.CLOSED, "closed by this end"));
        }
    }

    @Override
    public void abort() {
        close();
    }
}
