package org.bascule.domain.guard;

import java.util.Arrays;
import java.util.Optional;

/** What is tried. A code is never reused for something else. */
public enum AttemptKind {
    PASSWORD("password"),
    OTP("otp"),
    RECOVERY_CODE("recovery-code"),
    PASSKEY("passkey"),
    /** The link of a mail by which a password is set anew is asked for. */
    RESET("reset"),
    /** What a device that signs in shows, typed by a person. */
    USER_CODE("user-code"),
    /** The secret of a client of the realm. */
    CLIENT("client"),
    /** An authorization code. */
    CODE("code"),
    REFRESH_TOKEN("refresh-token"),
    DEVICE_CODE("device-code"),
    /** An access token that is malformed or forged. */
    BEARER("bearer"),
    API_TOKEN("api-token"),
    ENROLMENT_TOKEN("enrolment-token"),
    PAIRING_CODE("pairing-code");

    private final String code;

    AttemptKind(String code) {
        this.code = code;
    }

    public String code() {
        return code;
    }

    public static Optional<AttemptKind> ofCode(String code) {
        return Arrays.stream(values()).filter(kind -> kind.code.equals(code)).findFirst();
    }
}
