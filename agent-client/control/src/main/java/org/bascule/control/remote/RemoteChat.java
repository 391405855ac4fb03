package org.bascule.control.remote;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;
import org.bascule.session.service.ChatMessage;
import org.bascule.session.service.ChatState;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.Service;
import org.bascule.session.stream.SessionStream;
import org.bascule.session.stream.StreamHandler;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** The chat with the person at the device ({@code docs/protocol/chat.md}): shows what is written there, sends each line that is typed. */
public final class RemoteChat {

    private static final int MAX_EVENTS = 1_024;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm").withZone(ZoneId.systemDefault());

    private final DeviceSession session;
    private final Surroundings around;
    private final TypedLines typed;
    private final boolean json;
    private final Watchers watchers;

    // of the thread that shows
    private Optional<ChatState> state = Optional.empty();
    private long written;
    private boolean unseen;

    /** An event, or the end. */
    private record Said(Optional<JsonObject> event, EndReason reason, String text) {}

    /** @param json whether events are printed as the protocol has them, and not for people */
    public RemoteChat(DeviceSession session, Surroundings around, TypedLines typed, boolean json) {
        this.session = session;
        this.around = around;
        this.typed = typed;
        this.json = json;
        this.watchers = new Watchers(around, false);
    }

    /** Runs until the input ends, or the chat does. */
    public void run() throws CommandException {
        Events events = new Events();
        SessionStream stream = session.openStream(Service.CHAT, JsonObject.EMPTY_JSON_OBJECT, events);
        Thread input = new Thread(() -> send(stream), "bascule-chat");
        input.setDaemon(true);
        input.start();
        try {
            for (Said next = events.take(); ; next = events.take()) {
                if (next.event().isPresent()) {
                    show(StrictJson.of(next.event().get()));
                } else if (next.reason() == EndReason.DONE) {
                    return;
                } else {
                    throw DeviceSession.ended(next.reason(), next.text());
                }
            }
        } catch (WireException e) {
            stream.reset(EndReason.PROTOCOL_VIOLATION, "event not understood");
            throw Reply.misunderstood(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException(ExitCode.CONNECTION, "interrupted", e);
        }
    }

    private void send(SessionStream stream) {
        boolean more = true;
        while (more) {
            more = typed.offer(text -> send(stream, text));
        }
        stream.finish();
    }

    /** False when the stream is over, which its handler hears as well. */
    private boolean send(SessionStream stream, String text) {
        if (!stream.isOpen()) {
            return false;
        }
        Optional<ChatMessage.Objection> objection = ChatMessage.objection(text);
        if (text.isEmpty()) {
            return true;
        }
        if (objection.isPresent()) {
            around.warn("Not sent: " + objection.get().text());
            return true;
        }
        try {
            byte[] bytes = ChatMessage.line(text);
            stream.write(bytes, 0, bytes.length);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void show(StrictJson event) throws WireException {
        watchers.event(event.object());
        Optional<ChatMessage> message = ChatMessage.parseEvent(event);
        Optional<ChatState> now = ChatState.parseEvent(event);
        Optional<String> refusal = ChatMessage.parseRefusal(event);
        if (json) {
            if (message.isPresent() || now.isPresent() || refusal.isPresent()) {
                around.println(Printable.json(event.object().toString()));
            }
        } else if (message.isPresent()) {
            show(message.get());
        } else if (now.isPresent()) {
            show(now.get());
        } else {
            refusal.ifPresent(text -> around.warn("Not taken: " + Printable.of(text)));
        }
    }

    /** What was typed here stands here already. */
    private void show(ChatMessage message) {
        if (message.fromDevice()) {
            around.println("%s %s: %s"
                    .formatted(TIME.format(message.time()), Printable.of(message.who()), Printable.of(message.text())));
            return;
        }
        written = message.number();
        boolean nobody = state.map(known -> known.readers().isEmpty() && !known.display())
                .orElse(false);
        if (nobody && !unseen) {
            unseen = true;
            around.warn("Nobody at the device can see this now.");
        }
    }

    private void show(ChatState now) {
        boolean told = state.map(before -> before.readers().equals(now.readers()) && before.display() == now.display())
                .orElse(false);
        state = Optional.of(now);
        if (!told) {
            around.warn(sentence(now));
        }
        if (unseen && now.shown() >= written) {
            unseen = false;
            around.warn("What you wrote has been shown at the device.");
        }
    }

    private static String sentence(ChatState now) {
        if (!now.readers().isEmpty()) {
            return "The chat is open at the device: " + Printable.of(String.join(", ", now.readers())) + ".";
        }
        return now.display()
                ? "The chat is not open at the device; a window comes up there with your next message."
                : "Nobody can see messages at the device now: there is no display, and neither its local page nor a"
                        + " terminal shows the chat.";
    }

    private static final class Events implements StreamHandler {

        private final BlockingQueue<Said> said = new LinkedBlockingQueue<>();

        Said take() throws InterruptedException {
            return said.take();
        }

        @Override
        public void data(SessionStream stream, byte[] buffer, int offset, int length) {
            stream.consumed(length);
        }

        @Override
        public void event(SessionStream stream, JsonObject event) {
            if (said.size() < MAX_EVENTS) {
                said.add(new Said(Optional.of(event), EndReason.DONE, ""));
            } else {
                stream.reset(EndReason.LIMIT, "too many events");
            }
        }

        @Override
        public void finished(SessionStream stream) {
            stream.finish();
        }

        @Override
        public void ended(SessionStream stream, EndReason reason, String text) {
            said.add(new Said(Optional.empty(), reason, text));
        }
    }
}
