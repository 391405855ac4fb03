package org.bascule.wire.relay;

import org.bascule.wire.Bytes;
import org.bascule.wire.SessionId;

/** What an end signs to prove that a relay token is its own. */
public final class RelayProof {

    private static final String LABEL = "bascule/1 relay";

    private RelayProof() {}

    /** {@code label ‖ 00 ‖ lp(relay id) ‖ nonce[32] ‖ sid[16] ‖ role u8}. */
    public static byte[] signedBytes(String relay, byte[] nonce, SessionId sid, RelayRole role) {
        if (nonce.length != RelayLimits.NONCE) {
            throw new IllegalArgumentException("a relay's nonce has 32 bytes, not " + nonce.length);
        }
        return Bytes.writer()
                .ascii(LABEL)
                .u8(0)
                .lp(relay)
                .bytes(nonce)
                .bytes(sid.bytes())
                .u8(role.code())
                .toByteArray();
    }
}
