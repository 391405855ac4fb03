package org.bascule.session.client;

import java.time.Instant;
import org.bascule.session.stream.Session;
import org.bascule.session.trust.VerifiedDevice;
import org.bascule.wire.Operations;
import org.bascule.wire.session.RelayAddress;

/**
 * A running session of a client.
 *
 * @param granted what of the requested may be done
 * @param expires the session ends then in any case
 */
public record ClientSession(
        Session session, VerifiedDevice device, Operations granted, RelayAddress relay, Instant expires)
        implements AutoCloseable {

    @Override
    public void close() {
        session.close();
    }
}
