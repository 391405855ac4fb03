package org.bascule.domain.id;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * UUID version 7 (RFC 9562 section 5.7) in text form: 48 bits of milliseconds, then a counter that is seeded at random in each millisecond
 * (section 6.2, method 1), then random bits. Those of one instance are strictly increasing, also when the clock stands still or goes back.
 */
public final class Uuid7 {

    private static final Pattern FORM = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final int COUNTER_MAX = 0xfff;
    /** Leaves room to count upwards within a millisecond. */
    private static final int COUNTER_SEED = 0x7ff;

    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    // guarded by this
    private long lastMillis;
    private int counter;

    public Uuid7(InstantSource clock) {
        this.clock = clock;
    }

    /** A new one. */
    public synchronized String next() {
        long now = clock.millis();
        if (now > lastMillis) {
            lastMillis = now;
            counter = random.nextInt(COUNTER_SEED + 1);
        } else if (++counter > COUNTER_MAX) {
            lastMillis++;
            counter = random.nextInt(COUNTER_SEED + 1);
        }
        long high = lastMillis << 16 | 0x7000 | counter;
        long low = random.nextLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }

    /** When one was made, in milliseconds as told by itself; for a {@linkplain #isUuid text of that form} only. */
    public static Instant time(String uuid) {
        return Instant.ofEpochMilli(UUID.fromString(uuid).getMostSignificantBits() >>> 16);
    }

    /** Whether this is a UUID in the text form that identifiers have: anything else identifies nothing. */
    public static boolean isUuid(String text) {
        return FORM.matcher(text).matches();
    }
}
