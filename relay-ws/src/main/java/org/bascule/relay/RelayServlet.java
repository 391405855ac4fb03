package org.bascule.relay;

import jakarta.inject.Inject;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
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
import org.bascule.relay.pairing.Lobby;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;
import org.bascule.wire.relay.RelayClose;
import org.jspecify.annotations.Nullable;

/** The opening handshake of a WebSocket (RFC 6455, section 4.2) at {@code /v1/{sid}}; no extension and no subprotocol is agreed on. */
@WebServlet(urlPatterns = "/v1/*", asyncSupported = true)
public class RelayServlet extends HttpServlet {

    private static final long serialVersionUID = 1;
    private static final String VERSION = "13";
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY = 16;

    @Inject
    private transient @Nullable Relay relay;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        Relay configured = relay;
        if (configured == null) {
            throw new IllegalStateException("the container injects the relay before it calls anything");
        }
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
            upgrade(configured, request, response, key);
        }
    }

    private static void upgrade(Relay relay, HttpServletRequest request, HttpServletResponse response, String key)
            throws ServletException, IOException {
        response.setStatus(HttpServletResponse.SC_SWITCHING_PROTOCOLS);
        response.setHeader("Upgrade", "websocket");
        response.setHeader("Connection", "Upgrade");
        response.setHeader("Sec-WebSocket-Accept", accept(key));
        FrameLink link = new FrameLink(request, relay.workers(), relay.timer());
        String path = request.getPathInfo();
        request.upgrade(RelayUpgrade.class).leadsTo(link);
        // the container connects the link when this has returned: so nothing comes before somebody hears it
        serve(relay.lobby(), link, path == null ? "" : path.substring(1));
        response.flushBuffer();
    }

    private static void serve(Optional<Lobby> lobby, FrameLink link, String sid) {
        if (lobby.isEmpty()) {
            link.close(RelayClose.REFUSED, "this relay is switched off");
            return;
        }
        try {
            lobby.get().open(link, SessionId.parse(sid)).ifPresent(link::serve);
        } catch (WireException e) {
            link.close(RelayClose.REFUSED, "not a session id");
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
