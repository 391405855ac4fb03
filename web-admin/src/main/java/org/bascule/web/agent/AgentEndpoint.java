package org.bascule.web.agent;

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
import java.util.Optional;
import org.bascule.domain.device.DeviceChannels;
import org.bascule.web.login.Peer;
import org.bascule.web.socket.Admission;
import org.bascule.web.socket.Outgoing;
import org.bascule.wire.WireException;
import org.bascule.wire.control.ControlMessage;
import org.jspecify.annotations.Nullable;

/** {@code /agent/v1}: one instance for each agent's socket. */
@ServerEndpoint("/agent/v1")
public class AgentEndpoint {

    private static final System.Logger LOG = System.getLogger(AgentEndpoint.class.getName());

    /** Bytes; more than this closes with 1009. */
    private static final int MAX_MESSAGE = 64 * 1_024;

    private static final int MAX_QUEUED_MESSAGES = 256;
    private static final int MAX_QUEUED_CHARS = 1 << 20;
    private static final long IDLE_MILLIS = 60_000;

    private static final Admission STRANGERS = new Admission(2_000, 200);

    @Inject
    private DeviceChannels channels;

    private @Nullable AgentChannel channel;

    @OnOpen
    public void open(Session session) {
        session.setMaxTextMessageBufferSize(MAX_MESSAGE);
        session.setMaxBinaryMessageBufferSize(1_024);
        // the sweeper of the domain is stricter; this is for sockets that it never got to know
        session.setMaxIdleTimeout(IDLE_MILLIS);
        String address = session.getUserPrincipal() instanceof Peer peer ? peer.address() : "unknown";
        Outgoing outgoing = Outgoing.to(session, MAX_QUEUED_MESSAGES, MAX_QUEUED_CHARS);
        if (!STRANGERS.enter(address)) {
            outgoing.send(new ControlMessage.Refusal("busy", "Too many connections; try again later.").toJson());
            outgoing.close(new CloseReason(CloseCodes.TRY_AGAIN_LATER, "busy"));
            return;
        }
        AgentChannel opened = new AgentChannel(outgoing, address, STRANGERS);
        channel = opened;
        channels.opened(opened);
    }

    @OnMessage(maxMessageSize = MAX_MESSAGE)
    public void text(String text) {
        AgentChannel current = channel;
        if (current == null) {
            return;
        }
        try {
            Optional<ControlMessage> message = ControlMessage.parse(text);
            if (message.isPresent()) {
                channels.received(current, message.get());
            }
        } catch (WireException e) {
            current.close("protocol", String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "A message of an agent could not be handled", e);
            current.close("busy", "The server could not handle the message.");
        }
    }

    @OnMessage(maxMessageSize = 1_024)
    public void binary(byte[] bytes) {
        AgentChannel current = channel;
        if (current != null) {
            current.close("protocol", "binary messages are not part of the protocol");
        }
    }

    @OnError
    public void error(Session session, Throwable error) {
        // the socket closes next, and the domain says what that means for the device
        LOG.log(Level.DEBUG, "Control channel failed", error);
    }

    @OnClose
    public void close() {
        AgentChannel current = channel;
        if (current != null) {
            channel = null;
            current.gone();
            channels.closed(current);
        }
    }
}
