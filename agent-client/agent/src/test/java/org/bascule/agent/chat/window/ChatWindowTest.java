package org.bascule.agent.chat.window;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.account.AccountDirectory;
import org.bascule.agent.chat.ChatDesk;
import org.bascule.agent.chat.Conversation;
import org.bascule.agent.display.Displays;
import org.bascule.agent.display.WindowProgramme;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.events.EventSpool;
import org.bascule.agent.log.SessionLog;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.SessionId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real window on a real X display (Xvfb), typed into. */
@Timeout(90)
class ChatWindowTest {

    private static final Path XVFB = Path.of("/usr/bin/Xvfb");

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ChatDesk desk = new ChatDesk(Instant::now, System::nanoTime);
    private final SessionId sid = SessionId.random();
    private final List<Process> processes = new ArrayList<>();
    private Path folder;

    @BeforeEach
    void open(@TempDir Path temporary) throws Exception {
        folder = temporary;
        Files.createDirectories(folder.resolve("sessions"));
        Files.createDirectories(folder.resolve("proc/7"));
        EventLog events = new EventLog(
                EventSpool.open(StateFolder.create(folder.resolve("events")), 1 << 20, count -> "lost"),
                Instant::now,
                message -> false);
        desk.enter(sid, "<html><b>Ada", new SessionLog(events, sid, () -> false, () -> false));
    }

    @AfterEach
    void close() {
        desk.over(sid);
        threads.shutdownNow();
        ProcessHandle.current()
                .children()
                .filter(process -> process.info().commandLine().orElse("").contains(ChatDriver.class.getName()))
                .forEach(ProcessHandle::destroyForcibly);
        processes.forEach(Process::destroyForcibly);
    }

    private void windows(String what) throws Exception {
        assertThat(XVFB).as("Xvfb is installed").isExecutable();
        Process server = new ProcessBuilder(
                        XVFB.toString(), "-displayfd", "1", "-screen", "0", "1024x768x24", "-nolisten", "tcp")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        processes.add(server);
        String display = ":"
                + new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.US_ASCII))
                        .readLine()
                        .strip();
        long uid = AccountDirectory.ownUid();
        Files.writeString(folder.resolve("proc/7/environ"), "HOME=/\0DISPLAY=" + display + "\0");
        Files.writeString(
                folder.resolve("sessions/c1"),
                "ACTIVE=1\nSEAT=seat0\nUSER=" + new AccountDirectory().own().name() + "\nUID=" + uid + "\nDISPLAY="
                        + display + "\nCLASS=user\n");
        Displays displays = new Displays(
                folder.resolve("sessions"),
                folder.resolve("proc"),
                Path.of("/tmp/.X11-unix"),
                new AccountDirectory(),
                uid);
        desk.onWritten(new ChatWindows(
                desk,
                displays,
                threads,
                new WindowProgramme(
                        uid,
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-Xmx64m",
                                "-Djava.awt.headless=false",
                                "-Duser.language=en",
                                "-cp",
                                System.getProperty("java.class.path"),
                                ChatDriver.class.getName(),
                                what))));
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            Thread.sleep(20);
        }
    }

    @Test
    void aMessageBringsAWindowThatAnswers() throws Exception {
        windows("answer");
        assertThat(desk.hear(sid, "<html><i>is the lamp \u202ered?", "Ada")).isEmpty();
        Conversation conversation = desk.find(sid).orElseThrow();
        await(() -> conversation.view(0).messages().size() == 2);
        assertThat(conversation.view(0).shown()).isGreaterThanOrEqualTo(1);
        assertThat(conversation.view(0).readers()).containsExactly("window");
        // the driver sends back what it sees
        assertThat(conversation.view(1).messages().get(0).text())
                .contains("<html><i>is the lamp \ufffdred?")
                .contains("<html><b>Ada");
        assertThat(conversation.view(1).messages().get(0).who()).contains(" on display :");
    }

    @Test
    void whoClosesItIsGoneAndTheNextMessageBringsItBack() throws Exception {
        windows("close");
        Conversation conversation = desk.find(sid).orElseThrow();
        desk.hear(sid, "one", "Ada");
        await(() -> conversation.view(0).shown() == 1);
        await(() -> conversation.view(0).readers().isEmpty());
        desk.hear(sid, "two", "Ada");
        await(() -> conversation.view(0).shown() == 2);
    }
}
