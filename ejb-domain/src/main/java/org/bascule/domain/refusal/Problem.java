package org.bascule.domain.refusal;

/** Why something was refused; the codes and status numbers of {@code docs/protocol/api.md} and {@code control.md}. */
public enum Problem {
    MALFORMED("malformed", 400),
    CSR_INVALID("csr-invalid", 400),
    ENROLMENT_TOKEN_UNKNOWN("enrolment-token-unknown", 401),
    FORBIDDEN("forbidden", 403),
    /** The session policy of the device wants the user to say why. */
    REASON_REQUIRED("reason-required", 403),
    /** A person was asked for consent and has not given it yet. */
    CONSENT_REQUIRED("consent-required", 403),
    SECOND_FACTOR_REQUIRED("second-factor-required", 403),
    FACTOR_NOT_FRESH("factor-not-fresh", 403),
    CONTRACT_REQUIRED("contract-required", 403),
    QUALIFICATION_REQUIRED("qualification-required", 403),
    NO_ACCOUNT("no-account", 403),
    ENROLMENT_TOKEN_EXPIRED("enrolment-token-expired", 403),
    ENROLMENT_TOKEN_USED_UP("enrolment-token-used-up", 403),
    NOT_FOUND("not-found", 404),
    DELEGATION("delegation", 403),
    CONFLICT("conflict", 409),
    HARDWARE_BOUND("hardware-bound", 409),
    GROUP_CYCLE("group-cycle", 409),
    LAST_OWNER("last-owner", 409),
    DEVICE_OFFLINE("device-offline", 409),
    DEVICE_QUARANTINED("device-quarantined", 409),
    DEVICE_SWITCHED_OFF("device-switched-off", 409),
    HANDSHAKE_FAILED("handshake-failed", 409),
    QUOTA_EXCEEDED("quota-exceeded", 409),
    /** The detail ends with the reason in brackets. */
    SESSION_ENDED("session-ended", 409),
    IDEMPOTENCY_CONFLICT("idempotency-conflict", 409),
    PRECONDITION_FAILED("precondition-failed", 412),
    INVALID("invalid", 422),
    TOO_MANY_REQUESTS("too-many-requests", 429),
    ADDRESS_BLOCKED("address-blocked", 429),
    UNAVAILABLE("unavailable", 503);

    private final String code;
    private final int status;

    Problem(String code, int status) {
        this.code = code;
        this.status = status;
    }

    /** The last part of {@code urn:bascule:problem:…}. */
    public String code() {
        return code;
    }

    /** The HTTP status that goes with it. */
    public int status() {
        return status;
    }
}
