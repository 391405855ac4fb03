package org.bascule.session.client;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.bascule.session.trust.ProofSource;
import org.bascule.wire.SessionId;
import org.bascule.wire.session.HandshakeAnswer;
import org.bascule.wire.session.HandshakeRequest;

/** {@code PUT /api/sessions/{sid}/handshake}, and the proofs that are asked for beside it. */
@FunctionalInterface
public interface HandshakeExchange {
    HandshakeAnswer send(SessionId sid, HandshakeRequest request) throws IOException, InterruptedException;

    /** As {@link ProofSource#consistency}: none, unless it is implemented. */
    default Optional<List<byte[]>> consistency(long first, long second) throws IOException, InterruptedException {
        return Optional.empty();
    }
}
