package org.bascule.domain.session;

import org.bascule.domain.refusal.Problem;

/** Reasons for an end that the access server gives itself. */
enum EndReason {
    /** Nobody went on with it. */
    ABANDONED("abandoned"),
    /** The device did not answer, or refused. */
    FAILED("failed"),
    CONSENT_REFUSED("consent-refused"),
    /** Nobody answered whether it may start. */
    CONSENT_TIMED_OUT("consent-timed-out"),
    NOT_PERMITTED("not-permitted"),
    /** A service contract is required and none is in force. */
    CONTRACT_REQUIRED("contract-required"),
    /** The user lacks a qualification that is required. */
    QUALIFICATION_REQUIRED("qualification-required"),
    EXPIRED("expired"),
    INTERRUPTED("interrupted"),
    /** The session that it watched is over. */
    WATCHED_ENDED("watched-ended"),
    DEVICE_REMOVED("device-removed"),
    DEVICE_REVOKED("device-revoked"),
    /** The sign-in or the API token with which it was opened has ended. */
    SIGNED_OUT("signed-out");

    private final String code;

    EndReason(String code) {
        this.code = code;
    }

    /** The reason that goes with a condition of access. */
    static EndReason of(Problem unmet) {
        return switch (unmet) {
            case CONTRACT_REQUIRED -> CONTRACT_REQUIRED;
            case QUALIFICATION_REQUIRED -> QUALIFICATION_REQUIRED;
            default -> NOT_PERMITTED;
        };
    }

    String code() {
        return code;
    }
}
