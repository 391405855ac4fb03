package org.bascule.agent.command;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.Version;
import org.bascule.agent.chat.ChatCommands;
import org.bascule.agent.local.LocalClient;
import org.bascule.agent.local.LocalException;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.session.service.ChatMessage;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bascule-agent chat}: the person at the device reads and writes on a terminal (TOOL-8). */
@Command(
        name = "chat",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Shows what somebody who is connected writes to you; each line that you type is sent.",
            "Ends with the chat, or with the end of the input (Ctrl-D)."
        })
public final class ChatCommand implements Callable<Integer> {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm").withZone(ZoneId.systemDefault());
    private static final int MAX_CHATS = 64;
    /** Between two looks, in milliseconds. */
    private static final long LOOK = 500;
    /** Characters of an id that are enough to name a session. */
    private static final int ENOUGH = 4;

    private static final int MAX_TYPED = 64;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--session",
            paramLabel = "ID",
            description = "Which, if there are several; the first characters of its id are enough.")
    private @Nullable String session;

    @Option(names = "--wait", description = "Waits until somebody opens a chat.")
    private boolean wait;

    @Mixin
    private FolderOption folder = new FolderOption();

    private final String reader = UUID.randomUUID().toString();
    private final BlockingQueue<Optional<String>> typed = new LinkedBlockingQueue<>(MAX_TYPED);

    private record Chat(String sid, String name) {}

    @Override
    public Integer call() throws InterruptedException {
        try {
            LocalClient agent = new LocalClient(StateFolder.open(folder.path()));
            List<Chat> chats = chats(agent);
            while (wait && chats.isEmpty()) {
                TimeUnit.SECONDS.sleep(1);
                chats = chats(agent);
            }
            if (chats.isEmpty()) {
                print("Nobody has opened a chat.");
                return ExitCode.OK;
            }
            if (chats.size() > 1) {
                chats.forEach(chat -> print(chat.sid().substring(0, 8) + "  " + Printable.of(chat.name())));
                return fail("There are several chats: say which with --session.", ExitCode.USAGE);
            }
            return follow(agent, chats.get(0));
        } catch (LocalException e) {
            return fail(e.sentence(), ExitCode.FAILED);
        } catch (StateException e) {
            return fail(String.valueOf(e.getMessage()), ExitCode.FAILED);
        } catch (WireException e) {
            return fail("The running agent's answer cannot be understood.", ExitCode.FAILED);
        }
    }

    private static StrictJson ask(LocalClient agent, String command, JsonObject arguments) throws LocalException {
        return agent.ask(command, arguments)
                .orElseThrow(() -> new LocalException(LocalException.NO_ANSWER, "No agent is running in this folder."));
    }

    /** That are not over, and that are meant. */
    private List<Chat> chats(LocalClient agent) throws LocalException, WireException {
        List<Chat> chats = new ArrayList<>();
        for (StrictJson chat :
                ask(agent, ChatCommands.LIST, JsonObject.EMPTY_JSON_OBJECT).children("chats", MAX_CHATS)) {
            String sid = chat.string("sid", 32);
            String named = session == null ? "" : session.toLowerCase(Locale.ROOT);
            if (!chat.optionalFlag("over") && (session == null || named.length() >= ENOUGH && sid.startsWith(named))) {
                chats.add(new Chat(sid, chat.text("name", 1_000)));
            }
        }
        return chats;
    }

    private int follow(LocalClient agent, Chat chat) throws LocalException, WireException, InterruptedException {
        print("Chat with " + Printable.of(chat.name()) + ". A line that you type is sent; Ctrl-D leaves.");
        Thread thread = new Thread(this::read, "chat-input");
        thread.setDaemon(true);
        boolean started = false;
        long after = 0;
        boolean user = true;
        while (true) {
            StrictJson read = ask(
                    agent,
                    ChatCommands.READ,
                    arguments(chat).add("after", after).build());
            for (StrictJson each : read.children("messages", ChatCommands.MAX_MESSAGES)) {
                ChatMessage message = ChatMessage.parse(each);
                after = message.number();
                print("%s %s: %s"
                        .formatted(
                                TIME.format(message.time()),
                                message.fromDevice() ? "(here)" : Printable.of(message.who()),
                                Printable.of(message.text())));
            }
            if (read.optionalFlag("over")) {
                print(Printable.of(chat.name()) + " has left. The chat is over.");
                return ExitCode.OK;
            }
            if (user != read.optionalFlag("user")) {
                user = !user;
                print(Printable.of(chat.name())
                        + (user ? " has the chat open again." : " does not have the chat open at the moment."));
            }
            if (!started) {
                thread.start();
                started = true;
            }
            Optional<String> line = read.optionalFlag("more") ? null : typed.poll(LOOK, TimeUnit.MILLISECONDS);
            if (line != null && line.isEmpty()) {
                ask(agent, ChatCommands.LEAVE, arguments(chat).build());
                return ExitCode.OK;
            }
            if (line != null && !line.get().isBlank()) {
                say(agent, chat, line.get().strip());
            }
        }
    }

    private JsonObjectBuilder arguments(Chat chat) {
        return Json.createObjectBuilder().add("sid", chat.sid()).add("reader", reader);
    }

    private void say(LocalClient agent, Chat chat, String text) throws LocalException {
        Optional<ChatMessage.Objection> objection = ChatMessage.objection(text);
        if (objection.isPresent()) {
            fail(objection.get().text(), ExitCode.USAGE);
            return;
        }
        try {
            ask(agent, ChatCommands.SAY, arguments(chat).add("text", text).build());
        } catch (LocalException e) {
            if (!e.code().equals(ChatCommands.NO_MESSAGE) && !e.code().equals(ChatCommands.GONE)) {
                throw e;
            }
            fail(e.sentence(), ExitCode.FAILED);
        }
    }

    private void read() {
        try {
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                typed.put(Optional.of(line));
            }
            typed.put(Optional.empty());
        } catch (IOException e) {
            typed.offer(Optional.empty());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void print(String text) {
        spec.commandLine().getOut().println(text);
        spec.commandLine().getOut().flush();
    }

    private int fail(String sentence, int code) {
        spec.commandLine().getErr().println(sentence);
        spec.commandLine().getErr().flush();
        return code;
    }
}
