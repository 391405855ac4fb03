package org.bascule.session.client;

import java.io.IOException;
import org.bascule.wire.SessionId;
import org.bascule.wire.session.HandshakeAnswer;
import org.bascule.wire.session.HandshakeRequest;

/** {@code PUT /api/sessions/{sid}/handshake}. */
@FunctionalInterface
public interface HandshakeExchange {
    HandshakeAnswer send(SessionId sid, HandshakeRequest request) throws IOException, InterruptedException;
}
