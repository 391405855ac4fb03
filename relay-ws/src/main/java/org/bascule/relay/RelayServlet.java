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
import org.bascule.relay.pairing.Probe;
import org.bascule.websocket.Handshake;
import org.bascule.websocket.Link;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;
import org.bascule.wire.relay.RelayClose;
import org.bascule.wire.relay.RelayLimits;
import org.jspecify.annotations.Nullable;

/** The WebSockets at {@code /v1/{sid}} and {@code /v1/probe}. */
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
        boolean probe = sid.equals(RelayLimits.PROBE);
        Handshake.answer(
                request,
                response,
                configured.proxies().client(request),
                configured.sockets(),
                probe ? RelayLimits.MAX_TOKEN : RelayLimits.MAX_MESSAGE,
                link -> probe ? probe(configured.lobby(), link) : open(configured.lobby(), link, sid));
    }

    private static Optional<Probe> probe(Optional<Lobby> lobby, Link link) {
        return lobby.isEmpty()
                ? refused(link, "this relay is switched off")
                : lobby.get().probe(link);
    }

    private static <T> Optional<T> refused(Link link, String why) {
        link.dismiss(RelayClose.REFUSED.code(), why);
        return Optional.empty();
    }

    private static Optional<Connection> open(Optional<Lobby> lobby, Link link, String sid) {
        if (lobby.isEmpty()) {
            return refused(link, "this relay is switched off");
        }
        try {
            return lobby.get().open(link, SessionId.parse(sid));
        } catch (WireException e) {
            return refused(link, "not a session id");
        }
    }
}
