package org.bascule.session.network;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Through an HTTP proxy by CONNECT (RFC 9110, section 9.3.6), with Digest or Basic if it asks for it. What it asked for is remembered, so that one round trip is
 * enough the next time. The proxy resolves names. Thread-safe.
 */
final class HttpProxy implements Way {

    private static final int AUTHENTICATE = 407;
    /** The first without credentials, the second with them, the third because the nonce was too old. */
    private static final int TRIES = 3;

    private final Proxy proxy;
    private volatile @Nullable Credentials known;

    /** Answers to what the proxy asks. */
    private interface Credentials {
        String answer(String authority);
    }

    HttpProxy(Proxy proxy) {
        this.proxy = proxy;
    }

    @Override
    public Optional<Proxy> proxy() {
        return Optional.of(proxy);
    }

    @Override
    public Socket connect(String host, int port, Attempt attempt) throws IOException {
        String authority = (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        Credentials credentials = known;
        boolean used = false;
        for (int i = 0; i < TRIES; i++) {
            Socket socket = reach(attempt);
            boolean connected = false;
            try {
                HttpHead answer = ask(socket, authority, credentials);
                if (answer.status() / 100 == 2) {
                    connected = true;
                    known = credentials;
                    return socket;
                }
                if (answer.status() != AUTHENTICATE) {
                    throw refused(answer.status());
                }
                boolean stale = challenges(answer).stream().anyMatch(one -> "true"
                        .equalsIgnoreCase(one.parameters().get("stale")));
                if (used && !stale) {
                    known = null;
                    throw new ProxyException("the proxy " + proxy.shown() + " refuses this user and password", true);
                }
                used = true;
                credentials = credentials(challenges(answer));
            } finally {
                if (!connected) {
                    Connection.closeQuietly(socket);
                }
            }
        }
        throw new ProxyException("the proxy " + proxy.shown() + " asks for credentials again and again", true);
    }

    private Socket reach(Attempt attempt) throws IOException {
        try {
            return Direct.WAY.connect(proxy.host(), proxy.port(), attempt);
        } catch (IOException e) {
            attempt.check();
            ProxyException failure = new ProxyException(
                    "the proxy " + proxy.shown() + " cannot be reached (" + Failure.words(e) + ")", true);
            failure.initCause(e);
            throw failure;
        }
    }

    private static HttpHead ask(Socket socket, String authority, @Nullable Credentials credentials) throws IOException {
        StringBuilder head = new StringBuilder("CONNECT ").append(authority).append(" HTTP/1.1\r\n");
        HttpHead.append(head, "Host", authority);
        if (credentials != null) {
            HttpHead.append(head, "Proxy-Authorization", credentials.answer(authority));
        }
        socket.getOutputStream().write(HttpHead.bytes(head));
        socket.getOutputStream().flush();
        // byte by byte: what follows belongs to TLS
        return HttpHead.read(socket.getInputStream());
    }

    private static List<Challenge> challenges(HttpHead answer) {
        return answer.all("Proxy-Authenticate").stream()
                .flatMap(value -> Challenge.parse(value).stream())
                .toList();
    }

    /** SHA-256 before MD5 before Basic. */
    private Credentials credentials(List<Challenge> challenges) throws ProxyException {
        List<Digest> digests = challenges.stream()
                .flatMap(challenge -> Digest.of(challenge, proxy.user(), proxy.password()).stream())
                .toList();
        Optional<Digest> digest = digests.stream()
                .filter(Digest::isSha256)
                .findFirst()
                .or(() -> digests.stream().findFirst());
        boolean basic =
                challenges.stream().anyMatch(challenge -> challenge.scheme().equals("basic"));
        if (digest.isEmpty() && !basic) {
            String offered = challenges.stream()
                    .map(challenge -> name(challenge.scheme()))
                    .distinct()
                    .limit(5)
                    .collect(Collectors.joining(", "));
            throw new ProxyException(
                    "the proxy " + proxy.shown() + " offers only " + (offered.isEmpty() ? "an unknown way" : offered)
                            + " to sign in, and this program speaks Basic and Digest (MD5, SHA-256)",
                    true);
        }
        if (proxy.user().isEmpty()) {
            throw new ProxyException("the proxy " + proxy.shown() + " asks for a user and a password", true);
        }
        if (digest.isPresent()) {
            return authority -> digest.get().answer("CONNECT", authority);
        }
        String value = "Basic "
                + Base64.getEncoder()
                        .encodeToString((proxy.user() + ":" + proxy.password()).getBytes(StandardCharsets.UTF_8));
        return authority -> value;
    }

    private static String name(String scheme) {
        return switch (scheme) {
            case "ntlm" -> "NTLM";
            default -> Character.toUpperCase(scheme.charAt(0)) + scheme.substring(1, Math.min(20, scheme.length()));
        };
    }

    private ProxyException refused(int status) {
        String why =
                switch (status) {
                    case 403 -> " does not allow this connection (403)";
                    case 502, 503, 504 -> " cannot reach the server (" + status + ")";
                    default -> " answers with " + status;
                };
        return new ProxyException("the proxy " + proxy.shown() + why, false);
    }
}
