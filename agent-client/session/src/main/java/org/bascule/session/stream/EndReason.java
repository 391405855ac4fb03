package org.bascule.session.stream;

import org.bascule.wire.WireException;

/** Why a stream or a session ended: the reasons of {@code RESET} and {@code END}. */
public enum EndReason {
    DONE(0, "done"),
    NOT_PERMITTED(1, "not-permitted"),
    NO_SUCH_SERVICE(2, "no-such-service"),
    BAD_ARGUMENTS(3, "bad-arguments"),
    FAILED(4, "failed"),
    LIMIT(5, "limit"),
    PROTOCOL_VIOLATION(6, "protocol-violation"),
    TICKET_EXPIRED(7, "ticket-expired"),
    ENDED_BY_SERVER(8, "ended-by-server"),
    ENDED_BY_DEVICE(9, "ended-by-device"),
    RECORD_REJECTED(10, "record-rejected"),
    INTERRUPTED(11, "interrupted"),
    /** By the owner's switch at the device. */
    SWITCHED_OFF(12, "switched-off");

    private static final EndReason[] BY_CODE = values();

    private final int code;
    private final String text;

    EndReason(int code, String text) {
        this.code = code;
        this.text = text;
    }

    public int code() {
        return code;
    }

    /** As in {@code docs/protocol}, for audit and JSON. */
    public String text() {
        return text;
    }

    static EndReason of(int code) throws WireException {
        if (code >= BY_CODE.length) {
            throw WireException.malformed("unknown reason " + code);
        }
        return BY_CODE[code];
    }
}
