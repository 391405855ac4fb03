package org.bascule.system;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.bascule.session.transport.Transport;
import org.bascule.session.transport.TransportEnd;

/** A way that changes, drops, repeats or swaps one record between the real relay and one end. */
final class Disturbance implements Transport {

    /** What becomes of a message: none, one or several. */
    interface Rule extends BiFunction<Integer, byte[], byte[][]> {}

    private final Transport way;
    private final Rule outgoing;
    private final Rule incoming;
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger received = new AtomicInteger();

    Disturbance(Transport way, Rule outgoing, Rule incoming) {
        this.way = way;
        this.outgoing = outgoing;
        this.incoming = incoming;
    }

    static byte[][] untouched(int index, byte[] message) {
        return new byte[][] {message};
    }

    /** Flips one bit of one message. */
    static Rule flip(int target, int bit) {
        return (index, message) -> {
            if (index != target) {
                return untouched(index, message);
            }
            byte[] changed = message.clone();
            int at = Math.floorMod(bit, message.length * 8);
            changed[at / 8] ^= (byte) (1 << at % 8);
            return new byte[][] {changed};
        };
    }

    static Rule drop(int target) {
        return (index, message) -> index == target ? new byte[0][] : untouched(index, message);
    }

    static Rule repeat(int target) {
        return (index, message) ->
                index == target ? new byte[][] {message, message.clone()} : untouched(index, message);
    }

    static Rule cut(int target, int length) {
        return (index, message) -> index == target
                ? new byte[][] {Arrays.copyOf(message, Math.max(1, Math.min(length, message.length - 1)))}
                : untouched(index, message);
    }

    /** Exchanges one message with the next. */
    static Rule swap(int target) {
        byte[][] held = new byte[1][];
        return (index, message) -> {
            if (index == target) {
                held[0] = message;
                return new byte[0][];
            }
            return index == target + 1 ? new byte[][] {message, held[0]} : untouched(index, message);
        };
    }

    @Override
    public void start(Receiver receiver) {
        way.start(new Receiver() {
            @Override
            public void message(byte[] buffer, int offset, int length) {
                byte[] message = Arrays.copyOfRange(buffer, offset, offset + length);
                for (byte[] each : incoming.apply(received.getAndIncrement(), message)) {
                    receiver.message(each, 0, each.length);
                }
            }

            @Override
            public void closed(TransportEnd end) {
                receiver.closed(end);
            }
        });
    }

    @Override
    public void send(byte[] message) {
        for (byte[] each : outgoing.apply(sent.getAndIncrement(), message)) {
            way.send(each);
        }
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
