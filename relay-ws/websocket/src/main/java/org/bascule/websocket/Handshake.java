package org.bascule.websocket;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.Optional;
import java.util.function.Function;

/** The opening handshake (RFC 6455, section 4.2); no extension and no subprotocol is agreed on. */
public final class Handshake {

    private static final String VERSION = "13";
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY = 16;

    private Handshake() {}

    /**
     * Answers a request for a WebSocket, or refuses one that is none with 400 or 426.
     *
     * @param address of who is there, for limits and the log
     * @param maxMessage bytes of the longest message that is taken
     * @param open says who hears what comes on the socket, before anything can come; empty where it has closed it
     */
    public static void answer(
            HttpServletRequest request,
            HttpServletResponse response,
            String address,
            Sockets sockets,
            int maxMessage,
            Function<Link, Optional<? extends Receiver>> open)
            throws ServletException, IOException {
        String key = request.getHeader("Sec-WebSocket-Key");
        if (!has(request, "Upgrade", "websocket") || !has(request, "Connection", "upgrade")) {
            response.setHeader("Upgrade", "websocket");
            response.sendError(426);
        } else if (!VERSION.equals(request.getHeader("Sec-WebSocket-Version"))) {
            response.setHeader("Sec-WebSocket-Version", VERSION);
            response.sendError(426);
        } else if (key == null || !isKey(key)) {
            response.sendError(HttpServletResponse.SC_BAD_REQUEST);
        } else {
            response.setStatus(HttpServletResponse.SC_SWITCHING_PROTOCOLS);
            response.setHeader("Upgrade", "websocket");
            response.setHeader("Connection", "Upgrade");
            response.setHeader("Sec-WebSocket-Accept", accept(key));
            ServerSocket socket = new ServerSocket(request, address, sockets, maxMessage);
            request.upgrade(Upgrade.class).leadsTo(socket);
            // the container connects the socket when the servlet has returned: so nothing comes before somebody hears
            // it
            open.apply(socket).ifPresent(socket::serve);
            response.flushBuffer();
        }
    }

    private static boolean has(HttpServletRequest request, String name, String token) {
        return Collections.list(request.getHeaders(name)).stream()
                .flatMap(value -> Arrays.stream(value.split(",")))
                .anyMatch(value -> value.strip().equalsIgnoreCase(token));
    }

    private static boolean isKey(String key) {
        try {
            return Base64.getDecoder().decode(key.strip()).length == KEY;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String accept(String key) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-1").digest((key.strip() + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
