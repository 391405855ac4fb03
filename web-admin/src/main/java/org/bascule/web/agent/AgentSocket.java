package org.bascule.web.agent;

import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bascule.domain.device.DeviceChannels;
import org.bascule.web.socket.Inbox;
import org.bascule.websocket.Receiver;
import org.bascule.wire.WireException;
import org.bascule.wire.control.ControlMessage;

/** Hands what an agent says to the domain, which may take as long as the database does. */
final class AgentSocket implements Receiver {

    private static final System.Logger LOG = System.getLogger(AgentSocket.class.getName());

    private final AgentChannel channel;
    private final DeviceChannels channels;
    private final Inbox inbox;
    private final AtomicBoolean left = new AtomicBoolean();

    AgentSocket(AgentChannel channel, DeviceChannels channels, Inbox inbox) {
        this.channel = channel;
        this.channels = channels;
        this.inbox = inbox;
    }

    void open() {
        channels.opened(channel);
    }

    @Override
    public void text(String text) {
        if (ControlMessage.Heartbeat.is(text) && inbox.isEmpty()) {
            // asks no database, and is nearly all that comes
            handle(text);
        } else {
            inbox.add(() -> handle(text));
        }
    }

    private void handle(String text) {
        try {
            Optional<ControlMessage> message = ControlMessage.parse(text);
            if (message.isPresent()) {
                channels.received(channel, message.get());
            }
        } catch (WireException e) {
            channel.close("protocol", String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "A message of an agent could not be handled", e);
            channel.close("busy", "The server could not handle the message.");
        }
    }

    @Override
    public void binary(ByteBuffer message) {
        channel.close("protocol", "binary messages are not part of the protocol");
    }

    @Override
    public void tooLong() {
        channel.tooLong();
    }

    @Override
    public boolean pause(Runnable resume) {
        return inbox.pause(resume);
    }

    @Override
    public void gone() {
        leave();
    }

    @Override
    public void ended() {
        leave();
    }

    /** After what it has said. */
    private void leave() {
        if (left.compareAndSet(false, true)) {
            channel.gone();
            inbox.add(this::closed);
        }
    }

    private void closed() {
        try {
            channels.closed(channel);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "The end of a channel could not be stored", e);
        }
    }
}
