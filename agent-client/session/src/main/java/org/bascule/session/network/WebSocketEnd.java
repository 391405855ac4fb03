package org.bascule.session.network;

/**
 * Why a WebSocket ended.
 *
 * @param code the other side's close code (1005 if it gave none); 0 unless {@link Kind#CLOSED}
 * @param detail for the log; from the network, so hostile text
 */
public record WebSocketEnd(Kind kind, int code, String detail) {

    /** What happened. */
    public enum Kind {
        /** The other side closed, or answered this side's close. */
        CLOSED,
        /** The connection was lost, or cut by this side. */
        LOST,
        /** The other side sent a message above this side's limit. */
        TOO_LARGE,
        /** The other side broke RFC 6455. */
        PROTOCOL
    }
}
