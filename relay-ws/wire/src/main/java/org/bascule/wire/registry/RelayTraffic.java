package org.bascule.wire.registry;

import jakarta.json.JsonArrayBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.SessionId;
import org.bascule.wire.Sha256;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.jws.Jws;
import org.bascule.wire.keys.RelayIdentityKey;
import org.bascule.wire.keys.RelayIdentityPublicKey;

/**
 * What a relay has forwarded for sessions: a JWS of type {@value #TYP}, signed by the relay's own key ({@code docs/protocol/relay.md}, "Traffic"). The figures of an account only grow, so that a report may be sent again.
 *
 * @param rootHash SHA-256 of the root of the installation that is meant
 * @param time whole seconds
 * @param relay id
 * @param pairs at most {@value #MAX_PAIRS}
 */
public record RelayTraffic(byte[] rootHash, Instant time, String relay, List<Pair> pairs) {

    public static final String TYP = "bascule-relay-traffic+jwt";
    public static final int MAX_PAIRS = 200;
    /** Characters of the signed text. */
    public static final int MAX_LENGTH = 64 * 1_024;

    private static final int MAX_PAIR_ID = 32;
    private static final Pattern PAIR_ID = Pattern.compile("[0-9a-f]{1,32}");
    private static final long MAX_BYTES = 1L << 53;
    private static final long MAX_MILLIS = Duration.ofDays(366).toMillis();

    /**
     * What a relay has forwarded for a session: an account of all meetings of its two ends.
     *
     * @param pair tells the accounts of a session at a relay apart: it opens another one when it has forgotten the one before
     * @param fromClient bytes of its messages, as they were forwarded, {@code fromDevice} of the device's
     * @param millis that they were together
     */
    public record Pair(SessionId sid, String pair, long fromClient, long fromDevice, long millis) {

        public Pair {
            if (!PAIR_ID.matcher(pair).matches() || fromClient < 0 || fromDevice < 0 || millis < 0) {
                throw new IllegalArgumentException("not the traffic of a pair");
            }
        }
    }

    public RelayTraffic {
        if (pairs.size() > MAX_PAIRS) {
            throw new IllegalArgumentException("at most %d pairs".formatted(MAX_PAIRS));
        }
        rootHash = rootHash.clone();
        pairs = List.copyOf(pairs);
    }

    @Override
    public byte[] rootHash() {
        return rootHash.clone();
    }

    public String sign(RelayIdentityKey key) {
        JsonArrayBuilder lines = Json.createArrayBuilder();
        for (Pair pair : pairs) {
            lines.add(Json.createObjectBuilder()
                    .add("sid", pair.sid().hex())
                    .add("pair", pair.pair())
                    .add("fromClient", pair.fromClient())
                    .add("fromDevice", pair.fromDevice())
                    .add("millis", pair.millis()));
        }
        return Jws.sign(
                TYP,
                Json.createObjectBuilder()
                        .add("aud", B64.encode(rootHash))
                        .add("iat", time.getEpochSecond())
                        .add("id", relay)
                        .add("pairs", lines)
                        .build(),
                key);
    }

    /** Id of the relay that is said to have signed: to find its key. */
    public static String relay(String text) throws WireException {
        return Jws.parse(text, TYP, MAX_LENGTH).unverifiedClaims().string("id", 64);
    }

    /**
     * Checks a report by the key of its relay.
     *
     * @throws WireException {@code MALFORMED}, {@code TOO_LARGE}, {@code BAD_SIGNATURE}; {@code FOREIGN} for another installation; {@code EXPIRED} if it was made at another time than now
     */
    public static RelayTraffic verify(String text, RelayIdentityPublicKey key, byte[] rootHash, Instant now)
            throws WireException {
        StrictJson claims = Jws.parse(text, TYP, MAX_LENGTH).verify(key);
        RelayTraffic traffic = read(claims);
        if (!Arrays.equals(traffic.rootHash, rootHash)) {
            throw new WireException(WireException.Reason.FOREIGN, "the report is for another installation");
        }
        RelayHeartbeat.requireNow(traffic.time, now);
        return traffic;
    }

    private static RelayTraffic read(StrictJson claims) throws WireException {
        try {
            return parsed(claims);
        } catch (IllegalArgumentException e) {
            throw new WireException(WireException.Reason.MALFORMED, String.valueOf(e.getMessage()), e);
        }
    }

    private static RelayTraffic parsed(StrictJson claims) throws WireException {
        List<Pair> pairs = new ArrayList<>();
        for (StrictJson pair : claims.children("pairs", MAX_PAIRS)) {
            pairs.add(new Pair(
                    SessionId.parse(pair.string("sid", 32)),
                    pair.string("pair", MAX_PAIR_ID),
                    pair.number("fromClient", 0, MAX_BYTES),
                    pair.number("fromDevice", 0, MAX_BYTES),
                    pair.number("millis", 0, MAX_MILLIS)));
        }
        return new RelayTraffic(
                claims.bytes("aud", Sha256.LENGTH),
                Instant.ofEpochSecond(claims.number("iat", 0, 1L << 40)),
                claims.string("id", 64),
                pairs);
    }
}
