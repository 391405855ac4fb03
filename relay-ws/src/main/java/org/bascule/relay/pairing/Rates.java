package org.bascule.relay.pairing;

/** What one pair may use: of its session's rate, and its part of its domain's. */
record Rates(Throttle session, SharedRate.Share domain) {

    void take(int bytes) {
        session.take(bytes);
        domain.take(bytes);
    }

    long waitNanos() {
        return Math.max(session.waitNanos(), domain.waitNanos());
    }
}
