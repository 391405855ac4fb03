package org.bascule.agent.consent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.Main;
import org.bascule.agent.MutableClock;
import org.bascule.agent.TestInstallation;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.events.EventSpool;
import org.bascule.agent.local.LocalCommands;
import org.bascule.agent.local.LocalSocket;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.ConsentMessage;
import org.bascule.wire.control.ControlMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** {@code bascule-agent consent} over the real socket. */
class ConsentCommandTest {

    private static final Operations BOTH = Operations.of(Operations.EXEC, Operations.TERMINAL);

    private final MutableClock clock = new MutableClock(TestInstallation.NOW);
    private final List<ControlMessage> sent = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private final StringWriter out = new StringWriter();
    private final SessionId sid = SessionId.random();
    private Path folder;
    private ConsentDesk desk;
    private LocalSocket socket;

    /** Its path is short: that of a socket may not be long. */
    @BeforeEach
    void open() throws Exception {
        folder = Files.createTempDirectory("consent").resolve("s");
        StateFolder state = StateFolder.create(folder);
        EventSpool spool = EventSpool.open(new StateFolder(state.subfolder("events")), 1 << 20, count -> "lost");
        desk = new ConsentDesk(clock, sent::add, new EventLog(spool, clock, message -> false), threads);
        LocalCommands commands = new LocalCommands();
        new ConsentCommands(desk, clock).addTo(commands);
        socket = LocalSocket.open(state, commands, threads, timer);
        CompletableFuture<Void> shown = new CompletableFuture<>();
        desk.add(new QuestionListener() {
            @Override
            public void opened(Question question) {
                shown.complete(null);
            }

            @Override
            public void closed(Question question) {
                // it was answered
            }
        });
        desk.asked(new ConsentMessage.Ask(
                sid,
                "Ada\u001b[31m",
                "192.0.2.9",
                Optional.of("the belt slips"),
                BOTH,
                clock.instant().plusSeconds(60)));
        shown.get(20, TimeUnit.SECONDS);
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
        all[0] = "consent";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[all.length - 2] = "--dir";
        all[all.length - 1] = folder.toString();
        return line.execute(all);
    }

    @Test
    void questionsAreShownInertly() {
        assertThat(run("--wait")).isZero();
        assertThat(out.toString())
                .contains(sid.hex().substring(0, 8))
                .contains("Ada?[31m")
                .contains("the belt slips")
                .contains("exec, terminal")
                .doesNotContain("\u001b");
        assertThat(run("--json")).isZero();
        assertThat(out.toString()).contains("\"seconds\":60");
    }

    @Test
    void aPartIsGranted() {
        String id = sid.hex().substring(0, 8);
        assertThat(run("--grant", id, "--only", "vpn")).isEqualTo(2);
        assertThat(run("--grant", "ffffffffff")).isEqualTo(1);
        assertThat(run("--grant", id, "--only", "exec")).as(out.toString()).isZero();
        assertThat(sent).singleElement().isInstanceOfSatisfying(ConsentMessage.Answer.class, answer -> {
            assertThat(answer.granted()).contains(Operations.of(Operations.EXEC));
            assertThat(answer.by()).isEqualTo(System.getProperty("user.name") + " on the console");
        });
        assertThat(run("--refuse", id)).as("said is said").isEqualTo(1);
    }

    @Test
    void itIsRefusedWithAReason() throws Exception {
        assertThat(run("--refuse", sid.hex(), "--reason", "not now")).isZero();
        assertThat(sent).singleElement().isInstanceOfSatisfying(ConsentMessage.Answer.class, answer -> {
            assertThat(answer.granted()).isEmpty();
            assertThat(answer.refusal()).isEqualTo("not now");
        });
        assertThat(run()).isZero();
        assertThat(out.toString()).contains("Nobody asks.");
        socket.close();
        assertThat(run()).isEqualTo(7);
    }
}
