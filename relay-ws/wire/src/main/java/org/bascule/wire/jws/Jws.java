package org.bascule.wire.jws;

import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.Ed25519PublicKey;
import org.bascule.wire.keys.Ed25519SigningKey;

/**
 * A compact JWS (RFC 7515 section 7.1) whose header is exactly {@code {"alg":"EdDSA","typ":…,"kid":…}}. Anything else in a header, known or
 * not ({@code jku}, {@code jwk}, {@code x5u}, {@code crit}, {@code b64}, …), is refused, so nothing in the text chooses how it is verified.
 *
 * <p>A parsed value is not yet verified: {@link #verify} must be called with the key that the caller found for {@link #kid}.
 */
public final class Jws {

    private static final int MAX_KID = 64;

    private final String kid;
    private final String signingInput;
    private final byte[] payload;
    private final byte[] signature;

    private Jws(String kid, String signingInput, byte[] payload, byte[] signature) {
        this.kid = kid;
        this.signingInput = signingInput;
        this.payload = payload;
        this.signature = signature;
    }

    /** Signs claims; the key id is the key's own. */
    public static String sign(String typ, JsonObject claims, Ed25519SigningKey<?> key) {
        JsonObject header = Json.createObjectBuilder()
                .add("alg", "EdDSA")
                .add("typ", typ)
                .add("kid", key.publicKey().kid())
                .build();
        String input = encode(header) + "." + encode(claims);
        return input + "." + B64.encode(key.sign(input.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String encode(JsonObject json) {
        return B64.encode(json.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Takes apart a token of the expected type. */
    public static Jws parse(String token, String expectedTyp, int maxLength) throws WireException {
        if (token.length() > maxLength) {
            throw new WireException(
                    WireException.Reason.TOO_LARGE,
                    "a token of %d characters exceeds %d".formatted(token.length(), maxLength));
        }
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            throw WireException.malformed("a compact JWS has three parts, not " + parts.length);
        }
        StrictJson header = StrictJson.parse(utf8(B64.decode(parts[0])), maxLength);
        if (header.object().size() != 3
                || !header.string("alg", 16).equals("EdDSA")
                || !header.string("typ", 64).equals(expectedTyp)) {
            throw WireException.malformed("the header is not exactly alg EdDSA, typ %s and kid".formatted(expectedTyp));
        }
        return new Jws(
                header.string("kid", MAX_KID),
                parts[0] + "." + parts[1],
                B64.decode(parts[1]),
                B64.decode(parts[2], Ed25519PublicKey.SIGNATURE_LENGTH));
    }

    private static String utf8(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    public String kid() {
        return kid;
    }

    /** The claims, once the signature is this key's. */
    public StrictJson verify(Ed25519PublicKey key) throws WireException {
        key.verify(signingInput.getBytes(StandardCharsets.US_ASCII), signature);
        return unverifiedClaims();
    }

    /** The claims before verification: only for finding out which key to verify with. */
    public StrictJson unverifiedClaims() throws WireException {
        return StrictJson.parse(utf8(payload), payload.length);
    }
}
