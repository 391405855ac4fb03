package org.bascule.domain.assistance;

import java.util.Arrays;
import java.util.Optional;

/** How far a request for help has come. */
public enum AssistanceState {
    OPEN("open"),
    /** Somebody looks after it. */
    TAKEN("taken"),
    CLOSED("closed"),
    /** Nobody closed it in time. */
    EXPIRED("expired");

    private final String code;

    AssistanceState(String code) {
        this.code = code;
    }

    public String code() {
        return code;
    }

    public static Optional<AssistanceState> ofCode(String code) {
        return Arrays.stream(values()).filter(s -> s.code.equals(code)).findFirst();
    }
}
