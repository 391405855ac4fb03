package org.bascule.domain.audit;

import java.util.Arrays;
import java.util.Optional;

/** How an operation ended. */
public enum Outcome {
    SUCCESS("success"),
    /** Refused by a rule: missing permission, wrong password, forged token. */
    DENIED("denied"),
    /** Permitted, but it did not work. */
    FAILED("failed");

    private final String code;

    Outcome(String code) {
        this.code = code;
    }

    public String code() {
        return code;
    }

    public static Optional<Outcome> ofCode(String code) {
        return Arrays.stream(values()).filter(o -> o.code.equals(code)).findFirst();
    }
}
