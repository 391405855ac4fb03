package org.bascule.session.transport;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Two ends in one process. Each end has a thread that delivers; what passes can be changed on the way. */
public final class MemoryTransport implements Transport {

    private final BlockingQueue<Object> incoming = new LinkedBlockingQueue<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private @Nullable MemoryTransport peer;
    private volatile Function<byte[], List<byte[]>> way = List::of;

    private MemoryTransport() {}

    /** Two ends of one connection. */
    public record Pair(MemoryTransport client, MemoryTransport device) {}

    public static Pair pair() {
        Pair pair = new Pair(new MemoryTransport(), new MemoryTransport());
        pair.client.peer = pair.device;
        pair.device.peer = pair.client;
        return pair;
    }

    /** Everything that this end sends from now on goes through this: dropped, changed, repeated. */
    public void sendThrough(Function<byte[], List<byte[]>> newWay) {
        way = newWay;
    }

    private MemoryTransport peer() {
        if (peer == null) {
            throw new IllegalStateException("not paired");
        }
        return peer;
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
        if (!closed.get()) {
            for (byte[] passed : way.apply(message)) {
                peer().incoming.add(passed.clone());
            }
        }
    }

    @Override
    public void close() {
        end(new TransportEnd(TransportEnd.Kind.PEER_GONE, "closed by the other end"));
    }

    @Override
    public void abort() {
        close();
    }

    /** Ends the connection; the other end sees this, after what was sent before. */
    public void end(TransportEnd forPeer) {
        if (closed.compareAndSet(false, true)) {
            incoming.add(new TransportEnd(TransportEnd.Kind.CLOSED, "closed by this end"));
            MemoryTransport other = peer();
            if (other.closed.compareAndSet(false, true)) {
                other.incoming.add(forPeer);
            }
        }
    }

    public boolean isClosed() {
        return closed.get();
    }
}
