package org.bascule.wire.registry;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.Sha256;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.jws.Jws;
import org.bascule.wire.keys.Ed25519PublicKey;
import org.bascule.wire.keys.RelayIdentityKey;
import org.bascule.wire.keys.RelayIdentityPublicKey;

/**
 * What a relay tells its access server every {@link #INTERVAL}: a JWS of type {@value #TYP}, signed by the relay's own key, which it carries
 * ({@code docs/protocol/relay.md}, "Registration"). The signature says no more than that the same relay speaks as before; whether it is one of the installation
 * is for an operator to say.
 *
 * @param rootHash SHA-256 of the root of the installation that is meant: a heartbeat for one is worth nothing at another
 * @param time whole seconds
 * @param number higher than that of any heartbeat before
 */
public record RelayHeartbeat(
        byte[] rootHash,
        Instant time,
        long number,
        RelayIdentityPublicKey key,
        RelayDescription relay,
        RelayLoad load) {

    public static final String TYP = "bascule-relay-heartbeat+jwt";
    public static final Duration INTERVAL = Duration.ofSeconds(10);
    /** A relay that was silent for so long is taken to be away. */
    public static final Duration SILENCE = Duration.ofSeconds(35);
    /** The clocks of relay and server may differ by so much: at twice as much a relay refuses tokens that have just been made. */
    public static final Duration TOLERANCE = Duration.ofSeconds(15);
    /** Characters of the signed text. */
    public static final int MAX_LENGTH = 4_096;

    private static final long MAX_NUMBER = (1L << 53) - 1;

    public RelayHeartbeat {
        if (rootHash.length != Sha256.LENGTH) {
            throw new IllegalArgumentException("a root hash has 32 bytes");
        }
        if (number < 0 || number > MAX_NUMBER) {
            throw new IllegalArgumentException("not the number of a heartbeat");
        }
        rootHash = rootHash.clone();
    }

    @Override
    public byte[] rootHash() {
        return rootHash.clone();
    }

    /** @param signer the key whose public half this heartbeat has */
    public String sign(RelayIdentityKey signer) {
        if (!signer.publicKey().equals(key)) {
            throw new IllegalArgumentException("a heartbeat is signed by the key that it carries");
        }
        return Jws.sign(
                TYP,
                Json.createObjectBuilder()
                        .add("aud", B64.encode(rootHash))
                        .add("iat", time.getEpochSecond())
                        .add("n", number)
                        .add("x", B64.encode(key.raw()))
                        .add("id", relay.id())
                        .add("name", relay.name())
                        .add("region", relay.region())
                        .add("url", relay.url())
                        .add("nativeUrl", relay.nativeUrl())
                        .add("version", relay.version())
                        .add("capacity", load.capacity())
                        .add("sessions", load.sessions())
                        .add("bytesPerSecond", load.bytesPerSecond())
                        .add("processor", load.processor())
                        .add("draining", load.draining())
                        .build(),
                signer);
    }

    /**
     * Checks everything that can be checked without knowing the relay.
     *
     * @param rootHash of this installation
     * @throws WireException {@code MALFORMED}, {@code TOO_LARGE}, {@code BAD_SIGNATURE}; {@code FOREIGN} for another installation; {@code EXPIRED} if it was made
     *     at another time than now
     */
    public static RelayHeartbeat verify(String text, byte[] rootHash, Instant now) throws WireException {
        Jws jws = Jws.parse(text, TYP, MAX_LENGTH);
        RelayIdentityPublicKey key =
                RelayIdentityPublicKey.parse(jws.unverifiedClaims().bytes("x", Ed25519PublicKey.LENGTH));
        if (!key.kid().equals(jws.kid())) {
            throw WireException.malformed("the heartbeat names another key than it carries");
        }
        RelayHeartbeat heartbeat = read(jws.verify(key), key);
        if (!Arrays.equals(heartbeat.rootHash, rootHash)) {
            throw new WireException(WireException.Reason.FOREIGN, "the heartbeat is for another installation");
        }
        requireNow(heartbeat.time, now);
        return heartbeat;
    }

    /** @param time by the relay's clock */
    static void requireNow(Instant time, Instant now) throws WireException {
        Duration off = Duration.between(now, time);
        if (off.abs().compareTo(TOLERANCE) > 0) {
            throw new WireException(
                    WireException.Reason.EXPIRED,
                    "the clock of the relay is %d s %s that of the access server"
                            .formatted(off.abs().toSeconds(), off.isNegative() ? "behind" : "ahead of"));
        }
    }

    private static RelayHeartbeat read(StrictJson claims, RelayIdentityPublicKey key) throws WireException {
        return new RelayHeartbeat(
                claims.bytes("aud", Sha256.LENGTH),
                Instant.ofEpochSecond(claims.number("iat", 0, 1L << 40)),
                claims.number("n", 0, MAX_NUMBER),
                key,
                RelayDescription.read(claims),
                RelayLoad.read(claims));
    }
}
