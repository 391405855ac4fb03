package org.bascule.wire.relay;

import java.time.Duration;
import java.time.Instant;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.jws.Jws;
import org.bascule.wire.keys.RelayTokenSigningKey;
import org.bascule.wire.trust.KeySet;

/**
 * Leave to measure the round trip to any relay of the installation, and to do nothing else: a JWS of type {@value #TYP} ({@code docs/protocol/relay.md},
 * "Probe"). It names nobody and may be used any number of times until it expires; what it is worth is bounded by what a relay does for it.
 *
 * @param jti 1 to 64 characters
 */
public record ProbeToken(Instant issuedAt, Instant expires, String jti) {

    public static final String TYP = "bascule-probe+jwt";
    /** At most. */
    public static final Duration VALIDITY = Duration.ofMinutes(30);
    /** Of the issuer's clock before ours. */
    private static final Duration TOLERANCE = Duration.ofSeconds(30);

    public ProbeToken {
        if (expires.isBefore(issuedAt) || expires.isAfter(issuedAt.plus(VALIDITY))) {
            throw new IllegalArgumentException("a probe token is valid for at most " + VALIDITY.toMinutes() + " min");
        }
        if (jti.isEmpty() || jti.length() > 64) {
            throw new IllegalArgumentException("a jti has 1 to 64 characters");
        }
    }

    public String sign(RelayTokenSigningKey key) {
        return Jws.sign(
                TYP,
                Json.createObjectBuilder()
                        .add("iat", issuedAt.getEpochSecond())
                        .add("exp", expires.getEpochSecond())
                        .add("jti", jti)
                        .build(),
                key);
    }

    /** The key id of a token that is not verified yet: to find out whether the key set must be fetched again. */
    public static String kid(String text) throws WireException {
        return Jws.parse(text, TYP, RelayLimits.MAX_TOKEN).kid();
    }

    /** Fails unless a relay token key of the set signed it and it is valid at that time (30 s of tolerance before {@code iat}). */
    public static ProbeToken verify(String text, KeySet keys, Instant at) throws WireException {
        Jws jws = Jws.parse(text, TYP, RelayLimits.MAX_TOKEN);
        ProbeToken token = read(jws.verify(keys.relayTokenKey(jws.kid(), at)));
        if (at.isAfter(token.expires) || at.plus(TOLERANCE).isBefore(token.issuedAt)) {
            throw new WireException(WireException.Reason.EXPIRED, "the probe token is not valid now");
        }
        return token;
    }

    private static ProbeToken read(StrictJson claims) throws WireException {
        try {
            return new ProbeToken(
                    Instant.ofEpochSecond(claims.number("iat", 0, 1L << 40)),
                    Instant.ofEpochSecond(claims.number("exp", 0, 1L << 40)),
                    claims.string("jti", 64));
        } catch (IllegalArgumentException e) {
            throw new WireException(WireException.Reason.MALFORMED, String.valueOf(e.getMessage()), e);
        }
    }
}
