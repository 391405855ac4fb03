package org.bascule.relay;

import jakarta.inject.Inject;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.bascule.relay.pairing.Connection;
import org.bascule.relay.pairing.Lobby;
import org.bascule.websocket.Handshake;
import org.bascule.websocket.Link;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;
import org.bascule.wire.relay.RelayClose;
import org.bascule.wire.relay.RelayLimits;
import org.jspecify.annotations.Nullable;

/** The WebSocket at {@code /v1/{sid}}. */
@WebServlet(urlPatterns = "/v1/*", asyncSupported = true)
public class RelayServlet extends HttpServlet {

    private static final long serialVersionUID = 1;

    @Inject
    private transient @Nullable Relay relay;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        Relay configured = relay;
        if (configured == null) {
            throw new IllegalStateException("the container injects the relay before it calls anything");
        }
        String path = request.getPathInfo();
        String sid = path == null ? "" : path.substring(1);
        Handshake.answer(
                request,
                response,
                configured.sockets(),
                RelayLimits.MAX_MESSAGE,
                link -> open(configured.lobby(), link, sid));
    }

    private static Optional<Connection> open(Optional<Lobby> lobby, Link link, String sid) {
        if (lobby.isEmpty()) {
            link.close(RelayClose.REFUSED.code(), "this relay is switched off");
            return Optional.empty();
        }
        try {
            return lobby.get().open(link, SessionId.parse(sid));
        } catch (WireException e) {
            link.close(RelayClose.REFUSED.code(), "not a session id");
            return Optional.empty();
        }
    }
}
