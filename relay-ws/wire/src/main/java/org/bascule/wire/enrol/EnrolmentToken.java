package org.bascule.wire.enrol;

import java.security.SecureRandom;
import java.util.Arrays;
import org.bascule.wire.B64;
import org.bascule.wire.Sha256;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RootPublicKey;

/**
 * An enrolment token: {@code bsc1.} b64u(id[16] ‖ secret[32]) {@code .} b64u(SHA-256(installation root)[32]). Prints {@code [REDACTED]}.
 *
 * @param id 16 bytes, finds the row
 * @param secret 32 bytes; the server stores its SHA-256
 * @param rootHash what the agent pins
 */
public record EnrolmentToken(byte[] id, byte[] secret, byte[] rootHash) {

    private static final String PREFIX = "bsc1.";
    private static final int ID = 16;
    private static final int SECRET = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    public EnrolmentToken {
        if (id.length != ID || secret.length != SECRET || rootHash.length != Sha256.LENGTH) {
            throw new IllegalArgumentException("an enrolment token has an id of 16, a secret and a hash of 32 bytes");
        }
    }

    /** A new one, with random id and secret. */
    public static EnrolmentToken generate(RootPublicKey root) {
        byte[] id = new byte[ID];
        byte[] secret = new byte[SECRET];
        RANDOM.nextBytes(id);
        RANDOM.nextBytes(secret);
        return new EnrolmentToken(id, secret, root.hash());
    }

    public static EnrolmentToken parse(String text) throws WireException {
        String[] parts = text.split("\\.", -1);
        if (text.length() > 200 || parts.length != 3 || !text.startsWith(PREFIX)) {
            throw WireException.malformed("not an enrolment token");
        }
        byte[] body = B64.decode(parts[1], ID + SECRET);
        return new EnrolmentToken(
                Arrays.copyOf(body, ID),
                Arrays.copyOfRange(body, ID, ID + SECRET),
                B64.decode(parts[2], Sha256.LENGTH));
    }

    /** The text that an administrator copies: a secret. */
    public String reveal() {
        byte[] body = Arrays.copyOf(id, ID + SECRET);
        System.arraycopy(secret, 0, body, ID, SECRET);
        return PREFIX + B64.encode(body) + "." + B64.encode(rootHash);
    }

    /** What the server stores and compares. */
    public byte[] secretHash() {
        return Sha256.of(secret);
    }

    @Override
    public String toString() {
        return "EnrolmentToken[REDACTED]";
    }
}
