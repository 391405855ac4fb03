package org.bascule.domain.relay;

/**
 * A relay that sessions may use, as it is now.
 *
 * @param url what browsers dial
 * @param nativeUrl what agents and native clients dial
 * @param away whether it refuses new connections, or nothing was heard of it for too long
 * @param capacity sessions that it takes; 0 if it does not say
 * @param sessions that it has said it has, and that were sent there since
 * @param processor per cent of its processors that it uses; 0 if it does not say
 */
public record LiveRelay(
        String id,
        String name,
        String region,
        String url,
        String nativeUrl,
        boolean away,
        long capacity,
        long sessions,
        int processor) {

    /** Below it a relay is as good as an empty one. */
    private static final double BUSY = 0.7;
    /** What a relay costs that is nearly full or has no more processor, in milliseconds of the way. */
    private static final long MOST_MILLIS = 200;

    /** Of the configuration, without a heartbeat. */
    static LiveRelay configured(String id, String url, String nativeUrl) {
        return new LiveRelay(id, id, "", url, nativeUrl, false, 0, 0, 0);
    }

    /** Whether it takes no more sessions. */
    public boolean isFull() {
        return capacity > 0 && sessions >= capacity;
    }

    /** Milliseconds by which its way counts as longer because it is busy: none up to 70 % of its sessions and of its processors, then by what is shorter of both growing evenly to {@value #MOST_MILLIS}. */
    public long penalty() {
        double used = Math.max(capacity > 0 ? (double) sessions / capacity : 0, processor / 100.0);
        return used <= BUSY ? 0 : Math.round(MOST_MILLIS * Math.min(1, (used - BUSY) / (1 - BUSY)));
    }
}
