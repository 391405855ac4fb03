package org.bascule.agent.chat.window;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bascule.agent.account.AccountDirectory;
import org.bascule.agent.account.AccountException;
import org.bascule.agent.chat.ChatDesk;
import org.bascule.agent.chat.Conversation;
import org.bascule.agent.chat.Place;
import org.bascule.agent.display.Display;
import org.bascule.agent.display.Displays;
import org.bascule.agent.display.WindowProgramme;
import org.bascule.session.service.ChatMessage;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** Shows a chat on every display that somebody is in front of, from its first message on; a window that was closed comes again with the next one. Thread-safe. */
public final class ChatWindows implements Consumer<Conversation> {

    private static final System.Logger LOG = System.getLogger(ChatWindows.class.getName());
    private static final Duration LOOK = Duration.ofSeconds(1);
    /** After the session, for reading what was written. */
    private static final Duration READ_ON = Duration.ofMinutes(10);

    private final ChatDesk desk;
    private final Displays displays;
    private final Executor executor;
    private final WindowProgramme programme;

    // guarded by this
    private final Map<String, Process> shown = new HashMap<>();

    public ChatWindows(ChatDesk desk, long ownUid, Executor executor) {
        this(
                desk,
                new Displays(new AccountDirectory(), ownUid),
                executor,
                WindowProgramme.of(ownUid, ChatWindow.class));
    }

    /** The same with another programme that shows the window: for tests. */
    ChatWindows(ChatDesk desk, Displays displays, Executor executor, WindowProgramme programme) {
        this.desk = desk;
        this.displays = displays;
        this.executor = executor;
        this.programme = programme;
    }

    @Override
    public void accept(Conversation conversation) {
        executor.execute(() -> show(conversation));
    }

    private synchronized void show(Conversation conversation) {
        shown.values().removeIf(process -> !process.isAlive());
        try {
            for (Display display : displays.present()) {
                String key = conversation.sid().hex() + display.name();
                if (!shown.containsKey(key)) {
                    shown.put(key, start(conversation, display, key));
                }
            }
        } catch (AccountException | IOException e) {
            LOG.log(System.Logger.Level.WARNING, "a chat is not on the display: {0}", e.getMessage());
        }
    }

    private Process start(Conversation conversation, Display display, String key) throws AccountException, IOException {
        Process process = programme.start(display);
        Window window =
                new Window(conversation, process, key, display.account().name() + " on display " + display.name());
        executor.execute(window::tell);
        executor.execute(window::listen);
        return process;
    }

    /** One window. */
    private final class Window {

        private final Conversation conversation;
        private final Process process;
        private final String key;
        private final String who;

        Window(Conversation conversation, Process process, String key, String who) {
            this.conversation = conversation;
            this.process = process;
            this.key = key;
            this.who = who;
        }

        private synchronized void write(JsonObject json) throws IOException {
            OutputStream to = process.getOutputStream();
            to.write((json + "\n").getBytes(StandardCharsets.UTF_8));
            to.flush();
        }

        /** Its input stays open for as long as it may be there. */
        void tell() {
            try {
                write(Json.createObjectBuilder()
                        .add("name", conversation.name())
                        .build());
                long told = 0;
                Optional<Conversation.View> known = Optional.empty();
                boolean over = false;
                while (!over && process.isAlive()) {
                    Conversation.View present = conversation.await(told, known, LOOK);
                    for (ChatMessage message : present.messages()) {
                        write(message.toEvent());
                        told = message.number();
                    }
                    if (known.isEmpty() || known.get().user() != present.user() || present.over()) {
                        write(Json.createObjectBuilder()
                                .add("present", present.user() && !present.over())
                                .add("over", present.over())
                                .build());
                    }
                    over = present.over();
                    known = Optional.of(present);
                }
                process.waitFor(READ_ON.toMillis(), TimeUnit.MILLISECONDS);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "the window of a chat: {0}", e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                process.destroy();
            }
        }

        void listen() {
            byte[] buffer = new byte[ChatMessage.MAX_LINE];
            int length = 0;
            try {
                InputStream in = process.getInputStream();
                for (int next = in.read(); next >= 0; next = in.read()) {
                    if (next == '\n') {
                        said(new String(buffer, 0, length, StandardCharsets.UTF_8));
                        length = 0;
                    } else if (length < buffer.length) {
                        buffer[length++] = (byte) next;
                    } else {
                        throw new IOException("a line is too long");
                    }
                }
            } catch (IOException | WireException e) {
                LOG.log(System.Logger.Level.WARNING, "the window of a chat: {0}", e.getMessage());
            } finally {
                conversation.detach(key);
                process.destroy();
            }
        }

        private void said(String line) throws WireException, IOException {
            StrictJson json = StrictJson.parse(line, ChatMessage.MAX_LINE);
            if (json.has("shown")) {
                conversation.attach(Place.WINDOW, key, Conversation.FOR_GOOD);
                conversation.shown(json.number("shown", 0, 1L << 53));
            } else if (json.has("hidden")) {
                conversation.detach(key);
            } else {
                Optional<ChatMessage.Objection> objection =
                        desk.say(conversation.sid(), json.text("text", ChatMessage.MAX_LINE), who);
                if (objection.isPresent()) {
                    write(objection.get().toEvent());
                }
            }
        }
    }
}
