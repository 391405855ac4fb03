package org.bascule.wire.relay;

import org.bascule.wire.Bytes;
import org.bascule.wire.SessionId;

/** What an end signs to prove that a relay token is its own. */
public final class RelayProof {

    /** Bytes of a signature. */
    public static final int SIGNATURE = 64;

    private static final String LABEL = "bascule/1 relay";
    private static final String RESUME_LABEL = "bascule/1 relay-resume";

    private RelayProof() {}

    /** {@code label ‖ 00 ‖ lp(relay id) ‖ nonce[32] ‖ sid[16] ‖ role u8}. */
    public static byte[] signedBytes(String relay, byte[] nonce, SessionId sid, RelayRole role) {
        return begin(LABEL, relay, nonce, sid, role).toByteArray();
    }

    /**
     * For a token in reserve: {@code resume label ‖ 00 ‖ lp(relay id) ‖ nonce[32] ‖ sid[16] ‖ role u8 ‖ attempt u32}.
     *
     * @param attempt goes before the signature in the message
     */
    public static byte[] signedBytes(String relay, byte[] nonce, SessionId sid, RelayRole role, long attempt) {
        return begin(RESUME_LABEL, relay, nonce, sid, role).u32(attempt).toByteArray();
    }

    private static Bytes.Writer begin(String label, String relay, byte[] nonce, SessionId sid, RelayRole role) {
        if (nonce.length != RelayLimits.NONCE) {
            throw new IllegalArgumentException("a relay's nonce has 32 bytes, not " + nonce.length);
        }
        return Bytes.writer()
                .ascii(label)
                .u8(0)
                .lp(relay)
                .bytes(nonce)
                .bytes(sid.bytes())
                .u8(role.code());
    }
}
