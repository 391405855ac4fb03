package org.bascule.session.stream;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.bascule.session.record.RecordType;

/**
 * Whether the other end is there: {@code PING}, and the rule of silence ({@code docs/protocol/session.md}, "Records"). Guarded by the session's lock, but for {@link #received}.
 *
 * <p>Time in which this process was stopped does not count: what came meanwhile has not been read yet.
 */
final class KeepAlive {

    /** A PING follows the last record after so long. */
    private static final Duration QUIET = Duration.ofSeconds(3);
    /** A silence that was endured is as long as that times the first at most. */
    private static final int MAX_FACTOR = 6;
    /** A transport of this age brings the first limit back. */
    private static final Duration GOOD = Duration.ofSeconds(60);

    static final int REQUEST = 0;
    static final int REPLY = 1;

    private final Session session;
    private final Sender sender;
    private final long pingEvery;
    private final long quiet;
    private final long silence;
    private final long period;

    private volatile long lastReceived;
    /** What came last was neither PING nor ACK. */
    private volatile boolean mayBeQuiet;

    private boolean up;
    private long upSince;
    private int factor = 1;
    private long lastTick;
    private long pingValue;
    private long pingSent;
    private boolean outstanding;
    private long roundTrip = -1;

    KeepAlive(Session session, Sender sender, SessionConfig config) {
        this.session = session;
        this.sender = sender;
        this.pingEvery = config.pingEvery().toNanos();
        this.silence = config.silence().toNanos();
        this.quiet = Math.min(QUIET.toNanos(), pingEvery);
        this.period = Math.max(
                Duration.ofMillis(5).toNanos(),
                Math.min(Duration.ofSeconds(1).toNanos(), Math.min(pingEvery, silence) / 4));
    }

    /** How often {@link #tick} is to be called. */
    Duration period() {
        return Duration.ofNanos(period);
    }

    /** There is a transport. */
    void up() {
        long now = System.nanoTime();
        up = true;
        upSince = now;
        lastReceived = now;
        lastTick = now;
        pingSent = now;
        mayBeQuiet = false;
    }

    /** There is none any more. */
    void down() {
        up = false;
        outstanding = false;
    }

    /** Something came. Called by the receiving thread without the lock. */
    void received(RecordType type) {
        lastReceived = System.nanoTime();
        mayBeQuiet = type != RecordType.PING && type != RecordType.ACK;
    }

    /** @return true if the transport is to be taken for lost */
    boolean tick() {
        long now = System.nanoTime();
        long late = now - lastTick - period;
        lastTick = now;
        if (!up) {
            return false;
        }
        if (late > Math.max(period, Duration.ofSeconds(1).toNanos())) {
            lastReceived = now;
            return false;
        }
        if (factor > 1 && now - upSince > GOOD.toNanos()) {
            factor = 1;
        }
        boolean owed = sender.isOwedAcknowledgement();
        long since = Math.max(0, Math.min(now - lastReceived, now - sender.owedSince()));
        if (owed && since >= silence * factor) {
            factor = Math.min(MAX_FACTOR, factor * 2);
            return true;
        }
        if (!outstanding && (now - pingSent >= pingEvery || mayBeQuiet && now - lastReceived >= quiet)) {
            mayBeQuiet = false;
            outstanding = true;
            pingSent = now;
            session.control(RecordType.PING, body(REQUEST, ++pingValue));
        }
        return false;
    }

    private static byte[] body(int kind, long value) {
        return ByteBuffer.allocate(9).put((byte) kind).putLong(value).array();
    }

    void received(int kind, long value) throws ViolationException {
        if (kind == REQUEST) {
            session.control(RecordType.PING, body(REPLY, value));
        } else if (kind != REPLY) {
            throw new ViolationException("PING of kind " + kind);
        } else if (outstanding && value == pingValue) {
            outstanding = false;
            roundTrip = System.nanoTime() - pingSent;
        }
    }

    Optional<Duration> roundTrip() {
        return roundTrip < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(roundTrip));
    }
}
