package org.bascule.agent.consent;

import java.time.Instant;
import java.util.Optional;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;

/**
 * Somebody wants a session.
 *
 * @param user name of who asks; hostile text, as is the reason
 * @param from network address that the request came from; may be empty
 * @param until when it is refused by itself, by the channel's clock
 */
public record Question(
        SessionId sid, String user, String from, Optional<String> reason, Operations operations, Instant until) {

    /** By which it is answered. */
    public String id() {
        return sid.hex();
    }
}
