package org.bascule.relay.admission;

import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.bascule.relay.pairing.Gate;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;
import org.bascule.wire.relay.ProbeToken;
import org.bascule.wire.relay.RelayToken;
import org.bascule.wire.trust.KeySet;

/** Admits who has a token for this relay and this session, and the key that the token is bound to; each token once. */
public final class TokenGate implements Gate {

    /** Tokens that can be remembered: those of a minute, in reserve of five. */
    public static final int MAX_SEEN = 100_000;

    private final String relay;
    private final InstallationKeys keys;
    private final InstantSource clock;
    private final SeenTokens seen = new SeenTokens(MAX_SEEN);

    /** @param relay id of this relay */
    public TokenGate(String relay, InstallationKeys keys, InstantSource clock) {
        this.relay = relay;
        this.keys = keys;
        this.clock = clock;
    }

    @Override
    public CompletionStage<RelayToken> check(String token, SessionId sid) {
        try {
            return keys.forRelayTokenKey(RelayToken.kid(token)).thenApply(set -> verified(token, sid, set));
        } catch (WireException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletionStage<ProbeToken> checkProbe(String token) {
        try {
            return keys.forRelayTokenKey(ProbeToken.kid(token)).thenApply(set -> probe(token, set));
        } catch (WireException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private ProbeToken probe(String text, KeySet set) {
        try {
            return ProbeToken.verify(text, set, clock.instant());
        } catch (WireException e) {
            throw new CompletionException(e);
        }
    }

    private RelayToken verified(String text, SessionId sid, KeySet set) {
        try {
            RelayToken token = RelayToken.verify(text, set, clock.instant());
            if (!token.relay().equals(relay) || !token.sid().equals(sid)) {
                throw new WireException(WireException.Reason.FOREIGN, "the token is for another relay or session");
            }
            return token;
        } catch (WireException e) {
            throw new CompletionException(e);
        }
    }

    /** The {@code jti} counts as used only now: who saw a token but lacks its key cannot use it up. */
    @Override
    public RelayToken prove(RelayToken token, byte[] nonce, byte[] proof) throws WireException {
        RelayToken proved = token.proved(nonce, proof);
        seen.accept(proved.jti(), proved.attempt(), proved.expires(), clock.instant());
        return proved;
    }
}
