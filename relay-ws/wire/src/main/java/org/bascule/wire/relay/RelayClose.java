package org.bascule.wire.relay;

import java.util.Optional;

/** Close codes of a relay's WebSocket ({@code docs/protocol/relay.md}). */
public enum RelayClose {
    REFUSED(4001, "refused"),
    PEER_GONE(4002, "peer-gone"),
    LIMIT(4003, "limit"),
    DRAINING(4004, "draining"),
    STALLED(4005, "stalled"),
    TIMEOUT(4006, "timeout");

    private final int code;
    private final String text;

    RelayClose(int code, String text) {
        this.code = code;
        this.text = text;
    }

    public int code() {
        return code;
    }

    public String text() {
        return text;
    }

    public static Optional<RelayClose> of(int code) {
        for (RelayClose close : values()) {
            if (close.code == code) {
                return Optional.of(close);
            }
        }
        return Optional.empty();
    }
}
