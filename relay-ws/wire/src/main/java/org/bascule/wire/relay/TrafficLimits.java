package org.bascule.wire.relay;

import jakarta.json.JsonObjectBuilder;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * What a relay lets through for a session and for a domain (requirement REL-6). 0 is no limit.
 *
 * @param sessionRate bytes a second of one session, both directions together
 * @param domainRate bytes a second of all sessions of a domain at this relay
 * @param domainSessions sessions of a domain at this relay at the same time
 */
public record TrafficLimits(long sessionRate, long domainRate, long domainSessions) {

    public static final TrafficLimits NONE = new TrafficLimits(0, 0, 0);

    private static final long MAX = 1L << 40;

    public TrafficLimits {
        if (sessionRate < 0
                || domainRate < 0
                || domainSessions < 0
                || sessionRate > MAX
                || domainRate > MAX
                || domainSessions > MAX) {
            throw new IllegalArgumentException("a limit on traffic is 0, for none, to " + MAX);
        }
        if (sessionRate > 0 && sessionRate < RelayLimits.MAX_MESSAGE
                || domainRate > 0 && domainRate < RelayLimits.MAX_MESSAGE) {
            throw new IllegalArgumentException("a rate is at least " + RelayLimits.MAX_MESSAGE + " bytes a second");
        }
    }

    /** Those that are set. */
    void addTo(JsonObjectBuilder claims) {
        add(claims, "rate", sessionRate);
        add(claims, "domainRate", domainRate);
        add(claims, "domainSessions", domainSessions);
    }

    private static void add(JsonObjectBuilder claims, String name, long value) {
        if (value > 0) {
            claims.add(name, value);
        }
    }

    static TrafficLimits read(StrictJson claims) throws WireException {
        return new TrafficLimits(
                claims.optionalNumber("rate", 0, MAX).orElse(0L),
                claims.optionalNumber("domainRate", 0, MAX).orElse(0L),
                claims.optionalNumber("domainSessions", 0, MAX).orElse(0L));
    }
}
