package org.bascule.agent.page;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Optional;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * The password of the local page, kept as PBKDF2 with HMAC-SHA-256 (RFC 8018) in {@code local-page-password.json}. One computation at a time, so that guessing costs no more than
 * one processor. Thread-safe.
 */
final class PagePassword {

    static final int MIN_LENGTH = 10;
    static final int MAX_LENGTH = 200;

    private static final String FILE = "local-page-password.json";
    private static final int ITERATIONS = 600_000;
    private static final int MAX_ITERATIONS = 10_000_000;
    private static final int SALT = 16;
    private static final int HASH = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final StateFolder folder;

    PagePassword(StateFolder folder) {
        this.folder = folder;
    }

    private record Kept(byte[] salt, int iterations, byte[] hash) {}

    boolean isSet() {
        return folder.has(FILE);
    }

    void forget() throws StateException {
        folder.delete(FILE);
    }

    /** Whether a password may be one. */
    static boolean isAcceptable(String password) {
        return password.length() >= MIN_LENGTH && password.length() <= MAX_LENGTH;
    }

    synchronized void set(String password) throws StateException {
        if (!isAcceptable(password)) {
            throw new IllegalArgumentException("not an acceptable password");
        }
        byte[] salt = new byte[SALT];
        RANDOM.nextBytes(salt);
        folder.write(
                FILE,
                Json.createObjectBuilder()
                        .add("pbkdf2", "sha-256")
                        .add("iterations", ITERATIONS)
                        .add("salt", B64.encode(salt))
                        .add("hash", B64.encode(derive(password, salt, ITERATIONS)))
                        .build()
                        .toString());
    }

    /** Takes as long for a wrong one as for the right one. False if none is set. */
    synchronized boolean matches(String password) throws StateException {
        Optional<Kept> kept = kept();
        return kept.isPresent()
                && password.length() <= MAX_LENGTH
                && MessageDigest.isEqual(
                        derive(password, kept.get().salt(), kept.get().iterations()),
                        kept.get().hash());
    }

    private Optional<Kept> kept() throws StateException {
        Optional<String> text = folder.readText(FILE);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            StrictJson json = StrictJson.parse(text.get(), 1_024);
            return Optional.of(new Kept(
                    json.bytes("salt", SALT),
                    (int) json.number("iterations", ITERATIONS, MAX_ITERATIONS),
                    json.bytes("hash", HASH)));
        } catch (WireException e) {
            throw new StateException("The file " + folder.path().resolve(FILE) + " is damaged.", e);
        }
    }

    private static byte[] derive(String password, byte[] salt, int iterations) {
        PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, iterations, HASH * 8);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has PBKDF2 with SHA-256", e);
        } finally {
            spec.clearPassword();
        }
    }
}
