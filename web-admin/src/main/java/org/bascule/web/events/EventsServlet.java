package org.bascule.web.events;

import jakarta.inject.Inject;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.bascule.web.login.Identity;
import org.bascule.web.login.Requests;
import org.bascule.web.site.Site;
import org.bascule.web.socket.Outgoing;
import org.bascule.web.socket.SiteSockets;
import org.bascule.websocket.CloseCode;
import org.bascule.websocket.Handshake;
import org.bascule.websocket.Link;
import org.bascule.websocket.Receiver;

/** {@code /api/events}: live events, server to client only. */
@WebServlet(urlPatterns = "/api/events", asyncSupported = true)
public class EventsServlet extends HttpServlet {

    private static final long serialVersionUID = 1;
    private static final int MAX_MESSAGE = 128;
    private static final int MAX_QUEUED_MESSAGES = 1_000;
    private static final int MAX_QUEUED_CHARS = 1 << 19;

    @Inject
    private transient Site site;

    @Inject
    private transient SiteSockets sockets;

    @Inject
    private transient Broadcast broadcast;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        Optional<Identity> identity = Requests.identity(request);
        String address = site.proxies().client(request);
        Handshake.answer(
                request, response, address, sockets.sockets(), MAX_MESSAGE, link -> open(link, identity, address));
    }

    private Optional<Receiver> open(Link link, Optional<Identity> identity, String address) {
        if (identity.isEmpty()) {
            link.close(CloseCode.VIOLATED_POLICY, "not signed in");
            return Optional.empty();
        }
        Listener listener =
                new Listener(identity.get(), address, new Outgoing(link, MAX_QUEUED_MESSAGES, MAX_QUEUED_CHARS));
        if (!broadcast.add(listener)) {
            link.close(CloseCode.TRY_AGAIN_LATER, "busy");
            return Optional.empty();
        }
        return Optional.of(new Silent(listener, broadcast));
    }

    /** A page that only listens. */
    private record Silent(Listener listener, Broadcast broadcast) implements Receiver {

        @Override
        public void text(String message) {
            refuse();
        }

        @Override
        public void binary(ByteBuffer message) {
            refuse();
        }

        @Override
        public void tooLong() {
            listener.outgoing().close(CloseCode.TOO_BIG, "nothing is expected");
        }

        private void refuse() {
            listener.outgoing().close(CloseCode.CANNOT_ACCEPT, "nothing is expected");
        }

        @Override
        public void gone() {
            broadcast.remove(listener);
            listener.outgoing().gone();
        }

        @Override
        public void ended() {
            gone();
        }
    }
}
