package org.bascule.relay.pairing;

import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bascule.wire.SessionId;
import org.jspecify.annotations.Nullable;

/**
 * What pairs have forwarded, until it was taken down: of pairs that are over at once, of those that live every minute. Bounded: of pairs that are over and not taken down the oldest are forgotten.
 */
public final class Tally {

    private static final int MAX_OVER = 10_000;
    private static final long EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int ID = 8;

    /** One pair, counted in both directions. */
    public static final class Pair {

        private final SessionId sid;
        private final String id;
        private final long began;

        // guarded by the tally
        /** While it lives: afterwards nothing of its connections is kept. */
        private @Nullable Flow fromClient;

        private @Nullable Flow fromDevice;
        private long clientBytes;
        private long deviceBytes;
        private long reported;
        private long ended;
        private boolean over;

        private Pair(SessionId sid, String id, Flow fromClient, Flow fromDevice, long now) {
            this.sid = sid;
            this.id = id;
            this.fromClient = fromClient;
            this.fromDevice = fromDevice;
            this.began = now;
            this.reported = now;
        }

        private void count() {
            if (fromClient != null && fromDevice != null) {
                clientBytes = fromClient.bytes();
                deviceBytes = fromDevice.bytes();
            }
        }
    }

    /**
     * The figures of a pair; they only grow.
     *
     * @param millis that it lasted
     */
    public record Line(SessionId sid, String pair, long fromClient, long fromDevice, long millis, boolean over) {}

    private final Ticker ticker;
    private final SecureRandom random = new SecureRandom();

    // guarded by this
    private final Set<Pair> living = new LinkedHashSet<>();
    private final Deque<Pair> over = new ArrayDeque<>();

    Tally(Ticker ticker) {
        this.ticker = ticker;
    }

    synchronized Pair began(SessionId sid, Flow fromClient, Flow fromDevice) {
        byte[] id = new byte[ID];
        random.nextBytes(id);
        Pair pair = new Pair(sid, HexFormat.of().formatHex(id), fromClient, fromDevice, ticker.nanos());
        living.add(pair);
        return pair;
    }

    /** The first of both ends has gone. */
    synchronized void ended(Pair pair) {
        if (living.remove(pair)) {
            pair.count();
            pair.fromClient = null;
            pair.fromDevice = null;
            pair.over = true;
            pair.ended = ticker.nanos();
            over.add(pair);
            if (over.size() > MAX_OVER) {
                over.remove();
            }
        }
    }

    /** What is to be taken down now, at most so many; the same again as long as nobody says that it {@link #taken was}. */
    public synchronized List<Line> due(int most) {
        List<Line> due = new ArrayList<>();
        for (Pair pair : over) {
            if (due.size() == most) {
                return due;
            }
            due.add(line(pair, pair.ended));
        }
        long now = ticker.nanos();
        for (Pair pair : living) {
            if (due.size() == most) {
                return due;
            }
            if (now - pair.reported >= EVERY_NANOS) {
                due.add(line(pair, now));
            }
        }
        return due;
    }

    private static Line line(Pair pair, long until) {
        pair.count();
        return new Line(
                pair.sid,
                pair.id,
                pair.clientBytes,
                pair.deviceBytes,
                TimeUnit.NANOSECONDS.toMillis(until - pair.began),
                pair.over);
    }

    /** These were taken down. */
    public synchronized void taken(List<Line> lines) {
        Set<String> ended = new LinkedHashSet<>();
        Set<String> alive = new LinkedHashSet<>();
        lines.forEach(line -> (line.over() ? ended : alive).add(line.pair()));
        over.removeIf(pair -> ended.contains(pair.id));
        long now = ticker.nanos();
        living.stream().filter(pair -> alive.contains(pair.id)).forEach(pair -> pair.reported = now);
    }
}
