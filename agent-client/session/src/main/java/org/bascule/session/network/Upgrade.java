package org.bascule.session.network;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/** The opening handshake of RFC 6455, section 4, without extensions and subprotocols. */
final class Upgrade {

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Upgrade() {}

    static void perform(Connection connection, URI url, String userAgent) throws IOException {
        byte[] random = new byte[KEY];
        RANDOM.nextBytes(random);
        String key = Base64.getEncoder().encodeToString(random);
        StringBuilder head = new StringBuilder("GET ").append(Target.of(url)).append(" HTTP/1.1\r\n");
        HttpHead.append(head, "Host", Target.host(url));
        HttpHead.append(head, "User-Agent", userAgent);
        HttpHead.append(head, "Upgrade", "websocket");
        HttpHead.append(head, "Connection", "Upgrade");
        HttpHead.append(head, "Sec-WebSocket-Key", key);
        HttpHead.append(head, "Sec-WebSocket-Version", "13");
        connection.out().write(HttpHead.bytes(head));
        connection.out().flush();
        HttpHead answer = HttpHead.read(connection.in());
        if (answer.status() != 101) {
            throw new UpgradeRefusedException(answer.status());
        }
        if (!answer.has("Upgrade", "websocket")
                || !answer.has("Connection", "Upgrade")
                || !answer.first("Sec-WebSocket-Accept").equals(java.util.Optional.of(accept(key)))
                || answer.first("Sec-WebSocket-Extensions").isPresent()
                || answer.first("Sec-WebSocket-Protocol").isPresent()) {
            throw new MalformedAnswerException("not the answer of a WebSocket server");
        }
    }

    static String accept(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
