package org.bascule.web.events;

import jakarta.inject.Inject;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.lang.System.Logger.Level;
import org.bascule.web.login.Peer;
import org.bascule.web.socket.Outgoing;
import org.jspecify.annotations.Nullable;

/** {@code /api/events}: one instance for each socket. Server to client only. */
@ServerEndpoint("/api/events")
public class EventsEndpoint {

    private static final System.Logger LOG = System.getLogger(EventsEndpoint.class.getName());
    private static final int MAX_QUEUED_MESSAGES = 1_000;
    private static final int MAX_QUEUED_CHARS = 1 << 19;

    @Inject
    private Broadcast broadcast;

    private @Nullable Listener listener;

    @OnOpen
    public void open(Session session) {
        session.setMaxTextMessageBufferSize(128);
        session.setMaxBinaryMessageBufferSize(128);
        session.setMaxIdleTimeout(0);
        Outgoing outgoing = Outgoing.to(session, MAX_QUEUED_MESSAGES, MAX_QUEUED_CHARS);
        if (!(session.getUserPrincipal() instanceof Peer peer) || peer.identity() == null) {
            outgoing.close(new CloseReason(CloseCodes.VIOLATED_POLICY, "not signed in"));
            return;
        }
        Listener opened = new Listener(peer.identity(), peer.address(), outgoing);
        if (broadcast.add(opened)) {
            listener = opened;
        } else {
            outgoing.close(new CloseReason(CloseCodes.TRY_AGAIN_LATER, "busy"));
        }
    }

    @OnMessage(maxMessageSize = 128)
    public void text(String text) {
        refuse();
    }

    @OnMessage(maxMessageSize = 128)
    public void binary(byte[] bytes) {
        refuse();
    }

    private void refuse() {
        Listener current = listener;
        if (current != null) {
            current.outgoing().close(new CloseReason(CloseCodes.CANNOT_ACCEPT, "nothing is expected"));
        }
    }

    @OnError
    public void error(Session session, Throwable error) {
        LOG.log(Level.DEBUG, "Live events failed", error);
    }

    @OnClose
    public void close() {
        Listener current = listener;
        if (current != null) {
            broadcast.remove(current);
            current.outgoing().gone();
        }
    }
}
