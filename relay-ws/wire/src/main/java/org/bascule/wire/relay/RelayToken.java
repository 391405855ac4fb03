package org.bascule.wire.relay;

import jakarta.json.JsonObjectBuilder;
import java.time.Duration;
import java.time.Instant;
import org.bascule.wire.B64;
import org.bascule.wire.Bytes;
import org.bascule.wire.Json;
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
 * @param attempt from 0; a higher one replaces the live connection of the role. In reserve: the least that may be proved
 * @param cnf the key whose owner the token is for
 * @param tag pseudonymous domain tag, for limits
 * @param reserve for going on after a transport was lost: lives longer, and may be used with each higher attempt ({@link RelayProof})
 * @param limits what the relay lets through
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
        String tag,
        boolean reserve,
        TrafficLimits limits) {

    public static final String TYP = "bascule-relay+jwt";
    public static final Duration VALIDITY = Duration.ofSeconds(60);
    /** Of one in reserve: as long as a lease. */
    public static final Duration RESERVE_VALIDITY = Duration.ofSeconds(300);

    public RelayToken {
        Duration most = reserve ? RESERVE_VALIDITY : VALIDITY;
        if (expires.isAfter(issuedAt.plus(most))) {
            throw new IllegalArgumentException("such a relay token is valid for at most " + most.toSeconds() + " s");
        }
        if (reserve && attempt == 0) {
            throw new IllegalArgumentException("attempt 0 has a token of its own");
        }
    }

    /** Without limits. */
    public RelayToken(
            String relay,
            SessionId sid,
            RelayRole role,
            long attempt,
            Instant issuedAt,
            Instant expires,
            String jti,
            RelayProofPublicKey cnf,
            String tag,
            boolean reserve) {
        this(relay, sid, role, attempt, issuedAt, expires, jti, cnf, tag, reserve, TrafficLimits.NONE);
    }

    /** For one connection, without limits. */
    public RelayToken(
            String relay,
            SessionId sid,
            RelayRole role,
            long attempt,
            Instant issuedAt,
            Instant expires,
            String jti,
            RelayProofPublicKey cnf,
            String tag) {
        this(relay, sid, role, attempt, issuedAt, expires, jti, cnf, tag, false);
    }

    /**
     * Checks the proof of who shows this token.
     *
     * @param proof {@code signature[64]}; in reserve {@code attempt u32 ‖ signature[64]}
     * @return the same with the attempt that was proved
     */
    public RelayToken proved(byte[] nonce, byte[] proof) throws WireException {
        if (!reserve) {
            cnf.verify(RelayProof.signedBytes(relay, nonce, sid, role), proof);
            return this;
        }
        Bytes.Reader in = Bytes.reader(proof);
        long proven = in.u32();
        byte[] signature = in.bytes(RelayProof.SIGNATURE);
        in.end();
        cnf.verify(RelayProof.signedBytes(relay, nonce, sid, role, proven), signature);
        if (proven < attempt) {
            throw new WireException(WireException.Reason.FOREIGN, "the token is for higher attempts");
        }
        return new RelayToken(relay, sid, role, proven, issuedAt, expires, jti, cnf, tag, true, limits);
    }

    public String sign(RelayTokenSigningKey key) {
        JsonObjectBuilder claims = Json.createObjectBuilder();
        if (reserve) {
            claims.add("reserve", true);
        }
        limits.addTo(claims);
        return Jws.sign(
                TYP,
                claims.add("aud", relay)
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
                    claims.string("tag", 64),
                    claims.optionalFlag("reserve"),
                    TrafficLimits.read(claims));
        } catch (IllegalArgumentException e) {
            throw new WireException(WireException.Reason.MALFORMED, String.valueOf(e.getMessage()), e);
        }
    }
}
