package org.bascule.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.Main;
import org.bascule.agent.chat.ChatDesk;
import org.bascule.agent.desk.DeviceDesk;
import org.bascule.agent.desk.Questions;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.events.EventSpool;
import org.bascule.agent.events.RecentEvents;
import org.bascule.agent.local.LocalCommands;
import org.bascule.agent.local.LocalSocket;
import org.bascule.agent.owner.Moment;
import org.bascule.agent.owner.OwnerSwitch;
import org.bascule.agent.session.RunningSessions;
import org.bascule.agent.session.SessionSummary;
import org.bascule.agent.state.StateFolder;
import org.bascule.agent.watch.LocalWatch;
import org.bascule.agent.watch.TerminalPicture;
import org.bascule.agent.watch.WatchDesk;
import org.bascule.session.service.TerminalSize;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/** {@code bascule-agent watch} over the real socket. */
@Timeout(60)
class WatchCommandTest {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private final StringWriter out = new StringWriter();
    private final List<SessionSummary> running = new CopyOnWriteArrayList<>();
    private Path folder;
    private WatchDesk desk;
    private LocalSocket socket;

    private final class Running implements RunningSessions {
        @Override
        public List<SessionSummary> running() {
            return running;
        }

        @Override
        public boolean endHere(SessionId sid, String by) {
            return false;
        }
    }

    private static final class NoQuestions implements Questions {
        @Override
        public List<Question> open() {
            return List.of();
        }

        @Override
        public boolean answer(String id, Optional<Operations> granted, String who) {
            return false;
        }
    }

    @BeforeEach
    void open() throws Exception {
        folder = Files.createTempDirectory("watch").resolve("s");
        StateFolder state = StateFolder.create(folder);
        EventLog events = new EventLog(
                EventSpool.open(new StateFolder(state.subfolder("events")), 1 << 20, count -> "lost"),
                Instant::now,
                message -> false);
        desk = new WatchDesk(threads, events);
        OwnerSwitch owner =
                new OwnerSwitch(state, () -> Moment.now(Instant::now), System::nanoTime, Runnable::run, events::record);
        LocalCommands commands = new LocalCommands();
        new DeviceDesk(
                        owner,
                        new Running(),
                        RecentEvents.open(state),
                        new NoQuestions(),
                        new ChatDesk(Instant::now, System::nanoTime),
                        new LocalWatch(desk, threads))
                .addTo(commands);
        socket = LocalSocket.open(state, commands, threads, timer);
    }

    @AfterEach
    void close() throws Exception {
        socket.close();
        threads.shutdownNow();
        timer.shutdownNow();
    }

    private int run(String... arguments) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(out));
        String[] all = new String[arguments.length + 3];
        all[0] = "watch";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[all.length - 2] = "--dir";
        all[all.length - 1] = folder.toString();
        return line.execute(all);
    }

    private TerminalPicture terminal(SessionId sid, String name) {
        running.add(
                new SessionSummary(sid, "u", name, "192.0.2.9", "service", Instant.now(), List.of("terminal"), true));
        desk.begin(sid);
        return another(sid);
    }

    private TerminalPicture another(SessionId sid) {
        TerminalPicture picture = new TerminalPicture(new TerminalSize(80, 24));
        desk.find(sid).orElseThrow().add(picture);
        return picture;
    }

    private static void print(TerminalPicture picture, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        picture.output(bytes, bytes.length);
    }

    private void awaitShown(String text) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!out.toString().contains(text)) {
            assertThat(System.nanoTime()).as("in time: %s", out).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    @Test
    void theTerminalIsShownInertlyUntilItIsClosed() throws Exception {
        SessionId sid = SessionId.random();
        TerminalPicture picture = terminal(sid, "Ada\u001b[31m");
        print(picture, "$ rm -rf \u001b]52;c;ZXZpbA==\u0007\u202e/tmp/x\r\n");
        Future<Integer> command = threads.submit(() -> run(sid.hex().substring(0, 8)));
        awaitShown("$ rm -rf /tmp/x\n");
        print(picture, "removed");
        awaitShown("\nremoved\n");
        assertThat(desk.watchers(sid)).singleElement().asString().endsWith(" on the command line");
        desk.find(sid).orElseThrow().remove(1);
        assertThat(command.get(20, TimeUnit.SECONDS)).isZero();
        assertThat(out.toString())
                .contains("The terminal is closed.")
                .doesNotContain("\u001b")
                .doesNotContain("ZXZp");
    }

    @Test
    void theLargestScreenFitsAnAnswer() throws Exception {
        SessionId sid = SessionId.random();
        TerminalPicture picture = terminal(sid, "Ada");
        picture.resized(new TerminalSize(500, 200));
        for (int i = 0; i < 199; i++) {
            print(picture, "\u4e16".repeat(100) + "\"\\".repeat(150) + i + "\r\n");
        }
        threads.submit(() -> run("Ada"));
        awaitShown("198\n");
    }

    @Test
    void whichIsAskedWhereThereAreSeveral() throws Exception {
        assertThat(run()).isEqualTo(1);
        assertThat(out.toString()).contains("Nobody has such a terminal open.");
        SessionId one = SessionId.random();
        terminal(one, "Ada");
        terminal(SessionId.random(), "Grace");
        assertThat(run()).isEqualTo(2);
        assertThat(out.toString()).contains(one.hex().substring(0, 8) + "  terminal 1  Ada", "Grace");
        print(another(one), "the second");
        assertThat(run("ada")).isEqualTo(2);
        threads.submit(() -> run("ada", "--terminal", "2"));
        awaitShown("the second");
        socket.close();
        assertThat(run()).isEqualTo(1);
        assertThat(out.toString()).contains("No agent is running in this folder.");
    }
}
