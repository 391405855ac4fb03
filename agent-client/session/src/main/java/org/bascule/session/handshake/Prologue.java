package org.bascule.session.handshake;

import org.bascule.wire.Bytes;
import org.bascule.wire.SessionId;
import org.bascule.wire.Sha256;

/**
 * What both ends must agree on before they can talk at all ({@code docs/protocol/session.md}, "Prologue"). The agent builds it from the verified ticket and its own
 * identity, the client from the checked answer of the access server.
 *
 * @param issuer public URL of the installation, without a trailing slash
 * @param domain domain id
 * @param user user id
 * @param uid device UID
 * @param identity SHA-256 of the device identity's SubjectPublicKeyInfo
 */
public record Prologue(SessionId sid, String issuer, String domain, String user, String uid, byte[] identity) {

    private static final String LABEL = "bascule/1";
    /** Noise_NKpsk2_25519_AESGCM_SHA256 with the psk from ML-KEM-768. There is no other. */
    private static final int SUITE = 0x0001;

    public Prologue {
        if (identity.length != Sha256.LENGTH) {
            throw new IllegalArgumentException("an identity thumbprint has 32 bytes, not " + identity.length);
        }
        identity = identity.clone();
    }

    @Override
    public byte[] identity() {
        return identity.clone();
    }

    /** {@code "bascule/1" ‖ 00 ‖ suite u16 ‖ sid[16] ‖ lp(issuer) ‖ lp(domain) ‖ lp(user) ‖ lp(uid) ‖ identity[32]}. */
    public byte[] bytes() {
        return Bytes.writer()
                .ascii(LABEL)
                .u8(0)
                .u16(SUITE)
                .bytes(sid.bytes())
                .lp(issuer)
                .lp(domain)
                .lp(user)
                .lp(uid)
                .bytes(identity)
                .toByteArray();
    }
}
