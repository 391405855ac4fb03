package org.bascule.session.client;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bascule.session.trust.ProofSource;
import org.bascule.wire.SessionId;
import org.bascule.wire.session.HandshakeAnswer;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.ReserveRelay;
import org.bascule.wire.session.ReserveRequest;
import org.bascule.wire.session.SessionOpened;

/** {@code PUT /api/sessions/{sid}/handshake}, and what is asked for beside it. */
@FunctionalInterface
public interface HandshakeExchange {
    HandshakeAnswer send(SessionId sid, HandshakeRequest request) throws IOException, InterruptedException;

    /**
     * Waits until somebody has consented to a session whose state is {@code asking}. Called after the device was checked.
     *
     * @throws IOException if it is refused, or unless it is implemented
     */
    default void awaitConsent(SessionOpened opened) throws IOException, InterruptedException {
        throw new IOException("the session waits for somebody's consent");
    }

    /** Milliseconds to and from each relay, by its id, as far as they are known now: none, unless it is implemented. */
    default Map<String, Long> roundTrips() throws InterruptedException {
        return Map.of();
    }

    /** As {@link ProofSource#consistency}: none, unless it is implemented. */
    default Optional<List<byte[]>> consistency(long first, long second) throws IOException, InterruptedException {
        return Optional.empty();
    }

    /**
     * {@code POST /api/sessions/{sid}/relays}: new tokens in reserve; none, unless it is implemented.
     *
     * @throws SessionOverException the session has ended
     */
    default List<ReserveRelay> reserve(SessionId sid, ReserveRequest request) throws IOException, InterruptedException {
        return List.of();
    }
}
