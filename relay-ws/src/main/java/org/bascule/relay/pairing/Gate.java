package org.bascule.relay.pairing;

import java.util.concurrent.CompletionStage;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;
import org.bascule.wire.relay.ProbeToken;
import org.bascule.wire.relay.RelayToken;

/** Who is admitted. */
public interface Gate {

    /**
     * Checks a token for a session. May have to fetch keys first, without keeping the calling thread.
     *
     * @return fails with {@link WireException} if the token is refused
     */
    CompletionStage<RelayToken> check(String token, SessionId sid);

    /** Checks a token for a probe, in the same way. */
    CompletionStage<ProbeToken> checkProbe(String token);

    /**
     * Checks the proof of possession, and that the token is used for the first time, or in reserve: with a higher attempt than before.
     *
     * @return the token with the attempt that was proved
     */
    RelayToken prove(RelayToken token, byte[] nonce, byte[] proof) throws WireException;
}
