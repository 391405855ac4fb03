package org.bascule.wire.relay;

import jakarta.json.Json;
import java.time.Duration;
import java.time.Instant;
import org.bascule.wire.B64;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.jws.Jws;
import org.bascule.wire.keys.RelayProofPublicKey;
import org.bascule.wire.keys.RelayTokenPublicKey;
import org.bascule.wire.keys.RelayTokenSigningKey;
import org.bascule.wire.trust.KeySet;

/**
 * Admission of one end of one session to one relay: a JWS of type {@value #TYP} ({@code docs/protocol/relay.md}).
 *
 * @param relay relay id ({@code aud})
 * @param attempt from 0; a higher one replaces the live connection of the role
 * @param cnf the key whose owner the token is for
 * @param tag pseudonymous domain tag, for limits
 */
public record RelayToken(
        String relay,
        SessionId sid,
        RelayRole role,
        long attempt,
        Instant issuedAt,
        Instant expires,
        String jti,
        RelayProofPublicKey cnf,
        String tag) {

    public static final String TYP = "bascule-relay+jwt";
    public static final Duration VALIDITY = Duration.ofSeconds(60);

    public RelayToken {
        if (expires.isAfter(issuedAt.plus(VALIDITY))) {
            throw new IllegalArgumentException("a relay token is valid for at most 60 s");
        }
    }

    public String sign(RelayTokenSigningKey key) {
        return Jws.sign(
                TYP,
                Json.createObjectBuilder()
                        .add("aud", relay)
                        .add("sid", sid.hex())
                        .add("role", role.text())
                        .add("attempt", attempt)
                        .add("iat", issuedAt.getEpochSecond())
                        .add("exp", expires.getEpochSecond())
                        .add("jti", jti)
                        .add("cnf", B64.encode(cnf.point()))
                        .add("tag", tag)
                        .build(),
                key);
    }

    /** The key id of a token that is not verified yet: to find out whether the key set must be fetched again. */
    public static String kid(String text) throws WireException {
        return Jws.parse(text, TYP, RelayLimits.MAX_TOKEN).kid();
    }

    /** Fails unless a relay token key of the set signed it and it is valid at that time (30 s of tolerance before {@code iat}). */
    public static RelayToken verify(String text, KeySet keys, Instant at) throws WireException {
        Jws jws = Jws.parse(text, TYP, RelayLimits.MAX_TOKEN);
        return valid(read(jws.verify(keys.relayTokenKey(jws.kid(), at))), at);
    }

    /** The same by one key. */
    public static RelayToken verify(String text, RelayTokenPublicKey key, Instant at) throws WireException {
        return valid(read(Jws.parse(text, TYP, RelayLimits.MAX_TOKEN).verify(key)), at);
    }

    private static RelayToken valid(RelayToken token, Instant at) throws WireException {
        if (at.isAfter(token.expires) || at.plusSeconds(30).isBefore(token.issuedAt)) {
            throw new WireException(WireException.Reason.EXPIRED, "the relay token is not valid now");
        }
        return token;
    }

    private static RelayToken read(StrictJson claims) throws WireException {
        try {
            return new RelayToken(
                    claims.string("aud", 64),
                    SessionId.parse(claims.string("sid", 32)),
                    RelayRole.parse(claims.string("role", 16)),
                    claims.number("attempt", 0, 0xffff_ffffL),
                    Instant.ofEpochSecond(claims.number("iat", 0, 1L << 40)),
                    Instant.ofEpochSecond(claims.number("exp", 0, 1L << 40)),
                    claims.string("jti", 64),
                    RelayProofPublicKey.parse(claims.bytes("cnf", RelayProofPublicKey.LENGTH)),
                    claims.string("tag", 64));
        } catch (IllegalArgumentException e) {
            throw new WireException(WireException.Reason.MALFORMED, String.valueOf(e.getMessage()), e);
        }
    }
}
