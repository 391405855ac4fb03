package org.bascule.session.network;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Answers of HTTP Digest authentication (RFC 7616) with MD5 or SHA-256 and {@code qop=auth} for one challenge, also of its {@code -sess} kinds. Thread-safe. */
final class Digest {

    private static final int CNONCE = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Map<String, String> challenge;
    private final String algorithm;
    private final boolean session;
    private final String user;
    private final String password;
    private final String cnonce;

    // guarded by this
    private int count;

    private Digest(
            Map<String, String> challenge,
            String algorithm,
            boolean session,
            String user,
            String password,
            String cnonce) {
        this.challenge = challenge;
        this.algorithm = algorithm;
        this.session = session;
        this.user = user;
        this.password = password;
        this.cnonce = cnonce;
    }

    /** Empty if the challenge asks for something else, for instance SHA-512-256 or {@code auth-int}. */
    static Optional<Digest> of(Challenge challenge, String user, String password) {
        byte[] random = new byte[CNONCE];
        RANDOM.nextBytes(random);
        return of(challenge, user, password, HexFormat.of().formatHex(random));
    }

    static Optional<Digest> of(Challenge challenge, String user, String password, String cnonce) {
        Map<String, String> parameters = challenge.parameters();
        String named = parameters.getOrDefault("algorithm", "MD5").toUpperCase(Locale.ROOT);
        boolean session = named.endsWith("-SESS");
        String algorithm = session ? named.substring(0, named.length() - "-SESS".length()) : named;
        boolean auth = Arrays.stream(parameters.getOrDefault("qop", "").split(","))
                .anyMatch(qop -> qop.strip().equalsIgnoreCase("auth"));
        if (!challenge.scheme().equals("digest")
                || !algorithm.equals("MD5") && !algorithm.equals("SHA-256")
                || !auth
                || !parameters.containsKey("nonce")
                || !parameters.containsKey("realm")) {
            return Optional.empty();
        }
        return Optional.of(new Digest(parameters, algorithm, session, user, password, cnonce));
    }

    /** The better one is answered. */
    boolean isSha256() {
        return algorithm.equals("SHA-256");
    }

    /** The value of {@code Proxy-Authorization} for the next request. */
    String answer(String method, String uri) {
        int number;
        synchronized (this) {
            number = ++count;
        }
        String nc = String.format(Locale.ROOT, "%08x", number);
        String realm = challenge.getOrDefault("realm", "");
        String nonce = challenge.getOrDefault("nonce", "");
        String secret = hash(user + ":" + realm + ":" + password);
        if (session) {
            secret = hash(secret + ":" + nonce + ":" + cnonce);
        }
        String response = hash(secret + ":" + nonce + ":" + nc + ":" + cnonce + ":auth:" + hash(method + ":" + uri));
        StringBuilder text = new StringBuilder("Digest username=").append(quoted(user));
        text.append(", realm=").append(quoted(realm));
        text.append(", uri=").append(quoted(uri));
        if (challenge.containsKey("algorithm")) {
            text.append(", algorithm=").append(algorithm).append(session ? "-sess" : "");
        }
        text.append(", nonce=").append(quoted(nonce));
        text.append(", nc=").append(nc);
        text.append(", cnonce=").append(quoted(cnonce));
        text.append(", qop=auth, response=").append(quoted(response));
        String opaque = challenge.get("opaque");
        if (opaque != null) {
            text.append(", opaque=").append(quoted(opaque));
        }
        return text.toString();
    }

    private static String quoted(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5 and SHA-256", e);
        }
    }
}
