package org.bascule.session.transport;

import org.bascule.wire.relay.RelayClose;

/**
 * Why a transport ended.
 *
 * @param detail for the log; from the network, so hostile text
 */
public record TransportEnd(Kind kind, String detail) {

    private static final int MAX_DETAIL = 200;

    /** What happened. */
    public enum Kind {
        /** Closed by this end, or in order by the other. */
        CLOSED,
        /** The relay refused token, proof or message. */
        REFUSED,
        /** The other end of the session closed its connection or lost it. */
        PEER_GONE,
        /** A limit of the relay, or more than this end may queue. */
        LIMIT,
        /** Too many came to the relay at once: there is room again as soon as some of them have proved who they are. */
        CROWDED,
        /** The relay is being stopped. */
        DRAINING,
        /** The other end took nothing for 10 s. */
        STALLED,
        /** The other end did not come to the relay in time. */
        TIMEOUT,
        /** A text message came where only binary ones are allowed. */
        TEXT,
        /** A message above 65,560 bytes came. */
        TOO_LARGE,
        /** This end closed it: it brought a record that was not acceptable. */
        REJECTED,
        /** The network connection was lost or never made. */
        LOST
    }

    public TransportEnd {
        detail = detail.length() > MAX_DETAIL ? detail.substring(0, MAX_DETAIL) : detail;
    }

    /** @param proved whether this end had answered the relay's nonce */
    static TransportEnd of(RelayClose close, boolean proved) {
        Kind kind =
                switch (close) {
                    case REFUSED -> Kind.REFUSED;
                    case PEER_GONE -> Kind.PEER_GONE;
                    case LIMIT -> proved ? Kind.LIMIT : Kind.CROWDED;
                    case DRAINING -> Kind.DRAINING;
                    case STALLED -> Kind.STALLED;
                    case TIMEOUT -> Kind.TIMEOUT;
                };
        return new TransportEnd(kind, "the relay closed with " + close.code() + " " + close.text());
    }
}
