package org.bascule.web.agent;

import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.bascule.domain.device.DeviceChannels;
import org.bascule.web.socket.Inbox;
import org.bascule.websocket.Receiver;
import org.bascule.wire.WireException;
import org.bascule.wire.control.ChannelMessage;
import org.bascule.wire.control.ControlMessage;

/** Hands what an agent says to the domain, which may take as long as the database does. */
final class AgentSocket implements Receiver {

    private static final System.Logger LOG = System.getLogger(AgentSocket.class.getName());
    /** What comes in one read may be ten thousand messages; an agent sends a few. */
    private static final int MAX_WAITING = 256;
    /** Bytes before it is welcome, frames and all: a message that is too long is found to be so first. */
    private static final int MAX_STRANGE = 128 * 1_024;
    /** Messages with which a device comes: its proof, and what it tells of itself. */
    private static final int ARRIVAL = 2;

    private final AgentChannel channel;
    private final DeviceChannels channels;
    private final Inbox inbox;
    private final UnaryOperator<Runnable> newcomer;
    private final AtomicBoolean left = new AtomicBoolean();
    private final AtomicInteger waiting = new AtomicInteger();
    /** Nothing more is heard: the channel is being closed. */
    private volatile boolean over;
    /** Bytes that came before it was welcome. Only the container's reading uses it, one thread at a time. */
    private int strange;
    /** The same. */
    private int arrived;

    /** @param newcomer for what it says until it is online */
    AgentSocket(AgentChannel channel, DeviceChannels channels, Inbox inbox, UnaryOperator<Runnable> newcomer) {
        this.channel = channel;
        this.channels = channels;
        this.inbox = inbox;
        this.newcomer = newcomer;
    }

    void open() {
        channels.opened(channel);
    }

    /** No frame is free, whatever is in it. */
    @Override
    public void came(int bytes) {
        if (over || !channel.isStranger()) {
            return;
        }
        strange += bytes;
        if (strange > MAX_STRANGE) {
            end("protocol", "too much before the proof");
        }
    }

    @Override
    public void text(String text) {
        if (over) {
            return;
        }
        channels.heard(channel);
        boolean heartbeat = ChannelMessage.Heartbeat.is(text);
        if (heartbeat && arrived == ARRIVAL && inbox.isEmpty()) {
            // of who is online: asks nobody, and is nearly all that comes
            handle(text);
        } else if (waiting.incrementAndGet() > MAX_WAITING) {
            end("protocol", "too many messages at once");
        } else {
            Runnable task = () -> {
                waiting.decrementAndGet();
                handle(text);
            };
            boolean arrives = !heartbeat && arrived < ARRIVAL;
            inbox.add(arrives ? newcomer.apply(task) : task);
            if (arrives) {
                arrived++;
            }
        }
    }

    private void end(String code, String detail) {
        over = true;
        channel.close(code, detail);
    }

    private void handle(String text) {
        if (over) {
            return;
        }
        try {
            Optional<ControlMessage> message = ControlMessage.parse(text);
            if (message.isPresent()) {
                channels.received(channel, message.get());
            }
        } catch (WireException e) {
            end("protocol", String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "A message of an agent could not be handled", e);
            end("busy", "The server could not handle the message.");
        }
    }

    @Override
    public void binary(ByteBuffer message) {
        end("protocol", "binary messages are not part of the protocol");
    }

    @Override
    public void tooLong() {
        over = true;
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
