package org.bascule.relay;

import jakarta.inject.Inject;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.bascule.relay.pairing.Connection;
import org.bascule.relay.pairing.Lobby;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;
import org.bascule.wire.relay.RelayClose;
import org.bascule.wire.relay.RelayLimits;
import org.jspecify.annotations.Nullable;

/**
 * One connection at {@value #PATH}. Messages are taken in parts: a whole message comes as one last part without passing the container's
 * decoders, and one that grows too long is noticed here and closed with the code of the specification.
 */
public class RelayEndpoint extends Endpoint {

    static final String PATH = "/v1/{sid}";

    private static final System.Logger LOG = System.getLogger(RelayEndpoint.class.getName());

    @Inject
    private @Nullable Relay relay;

    private @Nullable SessionLink link;
    private @Nullable Connection connection;

    @Override
    public void onOpen(Session session, EndpointConfig config) {
        // the relay has its own deadlines; a timeout of the container would be armed again with every message
        session.setMaxIdleTimeout(0);
        Relay configured = relay;
        if (configured == null) {
            throw new IllegalStateException("the container injects the relay before anything is called");
        }
        SessionLink opening = new SessionLink(session, configured.workers(), configured.timer());
        link = opening;
        Optional<Connection> opened =
                open(configured.lobby(), opening, session.getPathParameters().get("sid"));
        connection = opened.orElse(null);
        session.addMessageHandler(String.class, new TextParts(opening, opened));
        session.addMessageHandler(ByteBuffer.class, new BinaryParts(opening, opened));
        session.addMessageHandler(PongMessage.class, pong -> opening.pong());
    }

    private static Optional<Connection> open(Optional<Lobby> lobby, SessionLink link, @Nullable String sid) {
        if (lobby.isEmpty()) {
            link.close(RelayClose.REFUSED, "this relay is switched off");
            return Optional.empty();
        }
        try {
            return lobby.get().open(link, SessionId.parse(sid == null ? "" : sid));
        } catch (WireException e) {
            link.close(RelayClose.REFUSED, "not a session id");
            return Optional.empty();
        }
    }

    @Override
    public void onClose(Session session, CloseReason reason) {
        Connection ending = connection;
        if (ending != null) {
            ending.ended();
        }
    }

    /** What the container could not read, for example a frame longer than its buffer. */
    @Override
    public void onError(Session session, Throwable failure) {
        LOG.log(Level.DEBUG, "error on a connection", failure);
        SessionLink failingLink = link;
        Connection failing = connection;
        if (failing != null && failingLink != null && session.isOpen()) {
            boolean tooLong = failure instanceof IllegalArgumentException;
            failingLink.handle(tooLong ? failing::oversized : failing::malformed);
        }
    }

    private static final class TextParts implements MessageHandler.Partial<String> {
        private final SessionLink link;
        private final Optional<Connection> connection;
        private final StringBuilder parts = new StringBuilder();

        TextParts(SessionLink link, Optional<Connection> connection) {
            this.link = link;
            this.connection = connection;
        }

        @Override
        public void onMessage(String part, boolean last) {
            link.handle(() -> connection.ifPresent(to -> take(to, part, last)));
        }

        private void take(Connection to, String part, boolean last) {
            if (parts.length() + part.length() > RelayLimits.MAX_TOKEN) {
                to.oversized();
                return;
            }
            parts.append(part);
            if (last) {
                String message = parts.toString();
                parts.setLength(0);
                to.text(message);
            }
        }
    }

    private static final class BinaryParts implements MessageHandler.Partial<ByteBuffer> {
        private final SessionLink link;
        private final Optional<Connection> connection;
        private @Nullable ByteBuffer parts;

        BinaryParts(SessionLink link, Optional<Connection> connection) {
            this.link = link;
            this.connection = connection;
        }

        @Override
        public void onMessage(ByteBuffer part, boolean last) {
            link.handle(() -> connection.ifPresent(to -> take(to, part, last)));
        }

        private void take(Connection to, ByteBuffer part, boolean last) {
            ByteBuffer before = parts;
            if (before == null && last) {
                to.binary(part);
                return;
            }
            if (before == null) {
                before = ByteBuffer.allocate(RelayLimits.MAX_MESSAGE);
                parts = before;
            }
            if (part.remaining() > before.remaining()) {
                parts = null;
                to.oversized();
                return;
            }
            before.put(part);
            if (last) {
                parts = null;
                to.binary(before.flip());
            }
        }
    }
}
