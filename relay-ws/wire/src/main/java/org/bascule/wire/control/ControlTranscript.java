package org.bascule.wire.control;

import java.time.Instant;
import org.bascule.wire.Bytes;

/**
 * What both ends of a control channel sign ({@code docs/protocol/control.md}, "Channel"). The prefix of 64 spaces is that of TLS 1.3 (RFC 8446 section
 * 4.4.3), so that no shorter message of another protocol can be mistaken for it.
 *
 * @param serverNonce 32 bytes
 * @param agentNonce 32 bytes
 * @param server authority that the agent dialled, lower case
 * @param uid device UID
 * @param spki SHA-256 of the SubjectPublicKeyInfo of the server's TLS certificate, as the agent saw it
 */
public record ControlTranscript(byte[] serverNonce, byte[] agentNonce, String server, String uid, byte[] spki) {

    public static final int NONCE = 32;
    private static final String AGENT = "bascule/1 agent-auth";
    private static final String SERVER = "bascule/1 server-auth";

    public ControlTranscript {
        if (serverNonce.length != NONCE || agentNonce.length != NONCE || spki.length != NONCE) {
            throw new IllegalArgumentException("nonces and SPKI hash have 32 bytes");
        }
    }

    /** Signed by the device identity key. */
    public byte[] forAgent() {
        return common(AGENT).toByteArray();
    }

    /**
     * Signed by a control key.
     *
     * @param time of {@code welcome}, by which the agent sets its clock; milliseconds count
     */
    public byte[] forServer(Instant time) {
        return common(SERVER).u64(time.toEpochMilli()).toByteArray();
    }

    private Bytes.Writer common(String label) {
        return Bytes.writer()
                .ascii(" ".repeat(64))
                .ascii(label)
                .u8(0)
                .bytes(serverNonce)
                .bytes(agentNonce)
                .lp(server)
                .lp(uid)
                .bytes(spki);
    }
}
