package org.bascule.session.record;

import org.bascule.session.handshake.SessionKeys;
import org.bascule.wire.relay.RelayRole;

/** Opens what the package keeps to itself, for the vectors and tests of the rekey boundary. */
public final class RecordCodecs {

    private RecordCodecs() {}

    /** A codec whose both directions start at a data sequence as if all before it had been exchanged. */
    public static RecordCodec startingAt(long sequence, RelayRole own, SessionKeys keys) {
        return new AesGcmRecordCodec(own, keys, sequence);
    }
}
