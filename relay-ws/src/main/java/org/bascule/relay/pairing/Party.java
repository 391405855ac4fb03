package org.bascule.relay.pairing;

import org.bascule.wire.relay.RelayToken;

/** One end that has proved itself, at its meeting. Its connection hears what becomes of it. */
interface Party {

    /** What it was admitted with. */
    RelayToken token();

    /** Somebody with a higher attempt took the place: this connection ends. */
    void replaced();

    /** The other end is gone: this connection ends once everything that it sent was delivered. */
    void peerGone();
}
