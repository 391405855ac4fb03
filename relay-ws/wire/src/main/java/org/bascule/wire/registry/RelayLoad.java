package org.bascule.wire.registry;

import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * How busy a relay is.
 *
 * @param capacity sessions that it takes, from 1
 * @param sessions with one or both ends there
 * @param bytesPerSecond forwarded since the heartbeat before
 * @param processor per cent of its processors that it used since the heartbeat before; 0 where it does not say
 * @param draining whether it refuses new connections
 */
public record RelayLoad(long capacity, long sessions, long bytesPerSecond, int processor, boolean draining) {

    private static final long MAX_SESSIONS = 10_000_000;
    private static final long MAX_RATE = 1L << 50;
    private static final int ALL = 100;

    public RelayLoad {
        if (capacity < 1
                || capacity > MAX_SESSIONS
                || sessions < 0
                || sessions > MAX_SESSIONS
                || bytesPerSecond < 0
                || bytesPerSecond > MAX_RATE
                || processor < 0
                || processor > ALL) {
            throw new IllegalArgumentException("not the load of a relay");
        }
    }

    static RelayLoad read(StrictJson claims) throws WireException {
        return new RelayLoad(
                claims.number("capacity", 1, MAX_SESSIONS),
                claims.number("sessions", 0, MAX_SESSIONS),
                claims.number("bytesPerSecond", 0, MAX_RATE),
                claims.optionalNumber("processor", 0, ALL).orElse(0L).intValue(),
                claims.optionalFlag("draining"));
    }
}
