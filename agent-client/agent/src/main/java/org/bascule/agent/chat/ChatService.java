package org.bascule.agent.chat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.log.SessionLog;
import org.bascule.agent.service.ServiceStream;
import org.bascule.session.service.ChatMessage;
import org.bascule.session.service.ChatMessage.Objection;
import org.bascule.session.service.ChatState;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;

/** The service {@code chat}: the user's end of a {@link Conversation}. */
public final class ChatService {

    private static final System.Logger LOG = System.getLogger(ChatService.class.getName());
    private static final Duration LOOK = Duration.ofSeconds(1);
    /** Nobody types faster; what comes faster waits. */
    private static final long BETWEEN_MESSAGES = 50;
    /** Looks whether there is a display are not for free. */
    private static final int LOOKS_FOR_DISPLAY = 3;

    private final ChatDesk desk;
    private final EventLog events;
    private final Executor executor;
    private final BooleanSupplier display;

    /** @param display whether somebody at this device can be shown a window now */
    public ChatService(ChatDesk desk, EventLog events, Executor executor, BooleanSupplier display) {
        this.desk = desk;
        this.events = events;
        this.executor = executor;
        this.display = display;
    }

    /**
     * Serves a stream until its client closes it, or it or its session is over.
     *
     * @param sessionOver whether the session is: it may be before the chat is open
     */
    public void run(ServiceStream stream, SessionId sid, String user, SessionLog log, BooleanSupplier sessionOver)
            throws IOException, InterruptedException {
        log.toolStarted(Operations.CHAT, "", "");
        Conversation conversation = desk.enter(sid, user, log);
        if (sessionOver.getAsBoolean()) {
            desk.over(sid); // whoever said so found no chat
        }
        AtomicBoolean over = new AtomicBoolean();
        stream.onEnd(() -> over.set(true));
        executor.execute(() -> tell(stream, conversation, over));
        try {
            listen(stream, sid, user);
        } finally {
            over.set(true);
            conversation.leave();
            log.toolEnded(Operations.CHAT, "");
            long[] counts = desk.counts(sid);
            events.record(
                    "chat",
                    sid,
                    "with %s; messages to the device: %d, from the device: %d".formatted(user, counts[0], counts[1]));
        }
        stream.close();
    }

    private void listen(ServiceStream stream, SessionId sid, String user) throws IOException, InterruptedException {
        byte[] buffer = new byte[1_024];
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int length = stream.read(buffer); length >= 0; length = stream.read(buffer)) {
            for (int i = 0; i < length; i++) {
                if (buffer[i] != '\n') {
                    line.write(buffer[i]);
                    if (line.size() > ChatMessage.MAX_LINE) {
                        stream.fail("a line is too long");
                        return;
                    }
                    continue;
                }
                Optional<Objection> objection = said(line.toByteArray(), sid, user);
                line.reset();
                if (objection.isPresent()) {
                    stream.event(objection.get().toEvent());
                }
                Thread.sleep(BETWEEN_MESSAGES);
            }
        }
    }

    private Optional<Objection> said(byte[] line, SessionId sid, String user) throws IOException {
        try {
            String json = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
            return desk.hear(sid, ChatMessage.parseLine(json), user);
        } catch (CharacterCodingException | WireException e) {
            LOG.log(System.Logger.Level.DEBUG, "a line of a chat: {0}", e.getMessage());
            throw new IOException("a line of a chat is malformed", e);
        }
    }

    /** What there is, and whatever comes; waits where the client takes nothing. */
    private void tell(ServiceStream stream, Conversation conversation, AtomicBoolean over) {
        long told = 0;
        Optional<Conversation.View> known = Optional.empty();
        Optional<ChatState> state = Optional.empty();
        boolean window = false;
        int looks = 0;
        try {
            while (!over.get()) {
                Conversation.View present = conversation.await(told, known, LOOK);
                if (over.get()) {
                    return;
                }
                for (ChatMessage message : present.messages()) {
                    stream.event(message.toEvent());
                    told = message.number();
                }
                if (looks-- == 0) {
                    window = display.getAsBoolean();
                    looks = LOOKS_FOR_DISPLAY;
                }
                ChatState now = new ChatState(present.readers(), window, present.shown());
                if (!state.equals(Optional.of(now))) {
                    stream.event(now.toEvent());
                    state = Optional.of(now);
                }
                known = Optional.of(present);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a chat: {0}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "a chat failed", e);
            stream.fail("the device could not go on with it");
        }
    }
}
