package org.bascule.domain.directory;

import java.util.Arrays;
import java.util.Optional;

/** Whether a device can be reached. */
public enum DeviceState {
    ONLINE("online"),
    OFFLINE("offline"),
    /** Seen twice at the same time: an administrator must clear it. */
    QUARANTINED("quarantined");

    private final String code;

    DeviceState(String code) {
        this.code = code;
    }

    public String code() {
        return code;
    }

    public static Optional<DeviceState> ofCode(String code) {
        return Arrays.stream(values()).filter(s -> s.code.equals(code)).findFirst();
    }
}
