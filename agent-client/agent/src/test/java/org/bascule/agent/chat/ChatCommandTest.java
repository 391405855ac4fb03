package org.bascule.agent.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.Main;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.events.EventSpool;
import org.bascule.agent.local.LocalCommands;
import org.bascule.agent.local.LocalSocket;
import org.bascule.agent.log.SessionLog;
import org.bascule.agent.state.StateFolder;
import org.bascule.session.service.ChatMessage;
import org.bascule.wire.SessionId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/** {@code bascule-agent chat} over the real socket. */
@Timeout(60)
class ChatCommandTest {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private final StringWriter out = new StringWriter();
    private final SessionId sid = SessionId.random();
    private final ChatDesk desk = new ChatDesk(Instant::now, System::nanoTime);
    private final InputStream input = System.in;
    private EventLog events;
    private Path folder;
    private LocalSocket socket;

    @BeforeEach
    void open() throws Exception {
        folder = Files.createTempDirectory("chat").resolve("s");
        StateFolder state = StateFolder.create(folder);
        events = new EventLog(
                EventSpool.open(new StateFolder(state.subfolder("events")), 1 << 20, count -> "lost"),
                Instant::now,
                message -> false);
        LocalCommands commands = new LocalCommands();
        new ChatCommands(desk).addTo(commands);
        socket = LocalSocket.open(state, commands, threads, timer);
    }

    @AfterEach
    void close() throws Exception {
        System.setIn(input);
        socket.close();
        threads.shutdownNow();
        timer.shutdownNow();
    }

    private void enter(SessionId which, String name) {
        desk.enter(which, name, new SessionLog(events, which, () -> false, () -> false));
    }

    private int run(String... arguments) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(out));
        String[] all = new String[arguments.length + 3];
        all[0] = "chat";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[all.length - 2] = "--dir";
        all[all.length - 1] = folder.toString();
        return line.execute(all);
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            Thread.sleep(20);
        }
    }

    @Test
    void whatIsWrittenIsShownInertlyAndWhatIsTypedIsSent() throws Exception {
        enter(sid, "Ada\u001b[31m");
        desk.hear(sid, "are you there \u202eevil", "Ada\u001b[31m");
        PipedOutputStream typed = new PipedOutputStream();
        System.setIn(new PipedInputStream(typed));
        Future<Integer> command =
                threads.submit(() -> run("--session", sid.hex().substring(0, 8)));
        await(() -> out.toString().contains("are you there ?evil"));
        Conversation conversation = desk.find(sid).orElseThrow();
        assertThat(conversation.view(0).readers()).containsExactly("terminal");
        assertThat(conversation.view(0).shown()).isEqualTo(1);
        typed.write("yes, I am\n".getBytes(StandardCharsets.UTF_8));
        typed.write(("x".repeat(4_097) + "\n").getBytes(StandardCharsets.UTF_8));
        typed.flush();
        await(() ->
                conversation.view(1).messages().size() == 1 && out.toString().contains("at most 4,096"));
        ChatMessage answer = conversation.view(1).messages().get(0);
        assertThat(answer.text()).isEqualTo("yes, I am");
        assertThat(answer.who()).endsWith(" on the command line");
        typed.close();
        assertThat(command.get(20, TimeUnit.SECONDS)).isZero();
        assertThat(conversation.view(0).readers())
                .as("who leaves is gone at once")
                .isEmpty();
        assertThat(out.toString()).doesNotContain("\u001b");
    }

    @Test
    void theEndOfTheSessionEndsIt() throws Exception {
        enter(sid, "Ada");
        System.setIn(new PipedInputStream(new PipedOutputStream()));
        Future<Integer> command = threads.submit(() -> run());
        await(() -> out.toString().contains("Chat with Ada"));
        desk.over(sid);
        assertThat(command.get(20, TimeUnit.SECONDS)).isZero();
        assertThat(out.toString()).contains("Ada has left. The chat is over.");
    }

    @Test
    void whichIsAskedWhereThereAreSeveral() throws Exception {
        System.setIn(new ByteArrayInputStream(new byte[0]));
        assertThat(run()).isZero();
        assertThat(out.toString()).contains("Nobody has opened a chat.");
        enter(sid, "Ada");
        enter(SessionId.random(), "Grace");
        assertThat(run()).isEqualTo(2);
        assertThat(out.toString()).contains("Ada").contains("Grace");
        socket.close();
        assertThat(run()).isEqualTo(1);
    }
}
