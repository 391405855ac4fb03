package org.bascule.agent.consent.dialog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.MutableClock;
import org.bascule.agent.TestInstallation;
import org.bascule.agent.account.AccountDirectory;
import org.bascule.agent.consent.ConsentDesk;
import org.bascule.agent.desktop.BannerRows;
import org.bascule.agent.desktop.DesktopService;
import org.bascule.agent.desktop.DesktopStream;
import org.bascule.agent.desktop.RfbClient;
import org.bascule.agent.display.Display;
import org.bascule.agent.display.Displays;
import org.bascule.agent.display.WindowProgramme;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.events.EventSpool;
import org.bascule.agent.log.SessionLog;
import org.bascule.agent.service.Launcher;
import org.bascule.agent.state.StateFolder;
import org.bascule.session.service.DesktopRequest;
import org.bascule.session.service.DesktopRequest.Mode;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.ConsentMessage;
import org.bascule.wire.control.ControlMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real dialog on a real X display (Xvfb), clicked on with its mouse. */
class DialogTest {

    private static final Path XVFB = Path.of("/usr/bin/Xvfb");
    private static final Operations BOTH = Operations.of(Operations.EXEC, Operations.TERMINAL);

    private final MutableClock clock = new MutableClock(TestInstallation.NOW);
    private final BlockingQueue<ControlMessage> sent = new LinkedBlockingQueue<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final SessionId sid = SessionId.random();
    private final List<Process> processes = new ArrayList<>();
    private ConsentDesk desk;
    private EventLog events;
    private Path folder;

    @BeforeEach
    void open(@TempDir Path temporary) throws Exception {
        folder = temporary;
        EventSpool spool =
                EventSpool.open(StateFolder.create(temporary.resolve("events")), 1 << 20, count -> "lost " + count);
        events = new EventLog(spool, clock, message -> false);
        desk = new ConsentDesk(clock, sent::add, events, threads);
        Files.createDirectories(folder.resolve("sessions"));
        Files.createDirectories(folder.resolve("proc/7"));
        Files.createDirectories(folder.resolve("sockets"));
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        processes.forEach(Process::destroyForcibly);
    }

    /** A display of its own, on which nobody else's dialog appears. */
    private String display() throws Exception {
        assertThat(XVFB).as("Xvfb is installed").isExecutable();
        Process server = new ProcessBuilder(
                        XVFB.toString(), "-displayfd", "1", "-screen", "0", "1024x768x24", "-nolisten", "tcp")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        processes.add(server);
        BufferedReader out =
                new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.US_ASCII));
        return ":" + out.readLine().strip();
    }

    private String dialogs(String... clicks) throws Exception {
        return dialogsIn("en", clicks);
    }

    /** The display that they are on. */
    private String dialogsIn(String language, String... clicks) throws Exception {
        String display = display();
        Files.writeString(folder.resolve("proc/7/environ"), "HOME=/\0DISPLAY=" + display + "\0");
        long uid = AccountDirectory.ownUid();
        session("c1", inFront(display));
        Displays displays = new Displays(
                folder.resolve("sessions"),
                folder.resolve("proc"),
                Path.of("/tmp/.X11-unix"),
                new AccountDirectory(),
                uid);
        List<String> programme = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-Djava.awt.headless=false",
                "-Duser.language=" + language,
                "-cp",
                System.getProperty("java.class.path"),
                DialogDriver.class.getName()));
        programme.addAll(List.of(clicks));
        desk.add(new DialogProcesses(desk, displays, clock, threads, new WindowProgramme(uid, programme)));
        return display;
    }

    private void ask() {
        desk.asked(new ConsentMessage.Ask(
                sid,
                "<html><b>Ada",
                "192.0.2.9",
                Optional.of("the \u202ebelt\nslips"),
                BOTH,
                clock.instant().plusSeconds(60)));
    }

    private ConsentMessage.Answer answer() throws InterruptedException {
        ControlMessage message = sent.poll(30, TimeUnit.SECONDS);
        assertThat(message).isInstanceOf(ConsentMessage.Answer.class);
        return (ConsentMessage.Answer) message;
    }

    @Test
    void aPartIsGrantedWithTheMouse() throws Exception {
        dialogs("Run commands", "Allow");
        ask();
        ConsentMessage.Answer answer = answer();
        assertThat(answer.granted()).contains(Operations.of(Operations.TERMINAL));
        assertThat(answer.by()).contains(" on display :");
        assertThat(desk.open()).isEmpty();
    }

    /** Somebody who was let in before, on the same display. */
    private DesktopStream control(String display) {
        DesktopStream stream = new DesktopStream();
        threads.submit(() -> {
            new DesktopService(threads, desk.hold(), new BannerRows())
                    .run(
                            stream,
                            new DesktopRequest(Mode.CONTROL, Optional.empty(), ""),
                            () -> new Display(display, Optional.empty(), new AccountDirectory().own()),
                            new Launcher(AccountDirectory.ownUid(), Optional.empty()),
                            new DesktopService.Caller(
                                    SessionId.random(),
                                    "Ada",
                                    () -> Operations.of(Operations.DESKTOP_CONTROL),
                                    ended -> {}),
                            new SessionLog(events, SessionId.random(), () -> false, () -> false));
            return "over";
        });
        return stream;
    }

    @Test
    void whoControlsTheDisplayCannotAnswerForThePersonInFrontOfIt() throws Exception {
        Path where = folder.resolve("where");
        DesktopStream stream = control(dialogs(DialogDriver.WHERE + where, "Allow"));
        stream.next();
        RfbClient client = new RfbClient(stream.received(), stream::send);
        client.hello();
        client.start();
        client.encodings(RfbClient.RAW);
        client.request(false);
        client.await("a picture", () -> client.updates > 0);
        ask();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!Files.exists(where)) {
            assertThat(System.nanoTime()).as("the dialog is shown").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(20);
        }
        String[] at = Files.readString(where).split(" ");
        int x = Integer.parseInt(at[0]);
        int y = Integer.parseInt(at[1]);
        for (int i = 0; i < 10; i++) {
            client.pointer(0, x, y);
            client.pointer(1, x, y);
            client.pointer(0, x, y);
            client.key(true, ' ');
            client.key(false, ' ');
            TimeUnit.MILLISECONDS.sleep(200);
        }
        assertThat(sent).as("nobody has answered").isEmpty();
        assertThat(stream.events.toString()).contains("\"held\":true");
        stream.leave();
        Files.delete(where);
        assertThat(answer().granted()).contains(BOTH);
    }

    @Test
    void theLongerWordsOfGermanAreInReachToo() throws Exception {
        dialogsIn("de", "Terminal", "Erlauben");
        ask();
        assertThat(answer().granted()).contains(Operations.of(Operations.EXEC));
    }

    @Test
    void refusing() throws Exception {
        dialogs("Refuse");
        ask();
        assertThat(answer().granted()).isEmpty();
    }

    @Test
    void whatIsAnsweredElsewhereClosesIt() throws Exception {
        dialogs();
        ask();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (children().isEmpty() && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        List<ProcessHandle> shown = children();
        assertThat(shown).isNotEmpty();
        assertThat(desk.answer(sid.hex(), Optional.of(BOTH), "local page")).isTrue();
        assertThat(answer().by()).isEqualTo("local page");
        for (ProcessHandle each : shown) {
            each.onExit().get(20, TimeUnit.SECONDS);
        }
        assertThat(sent).as("a closed dialog says nothing").isEmpty();
    }

    private static List<ProcessHandle> children() {
        return ProcessHandle.current()
                .children()
                .filter(process -> process.info().commandLine().orElse("").contains(DialogDriver.class.getName()))
                .toList();
    }

    @Test
    void onlyDisplaysOfActiveSessionsAndOfTheOwnAccountAreAsked() throws Exception {
        AccountDirectory accounts = new AccountDirectory();
        long uid = AccountDirectory.ownUid();
        for (String socket : List.of("X3", "X4", "X5", "X6", "X7", "X8")) {
            Files.createFile(folder.resolve("sockets").resolve(socket));
        }
        session("c1", inFront(":3"));
        session("c2", inFront(":4").replace("ACTIVE=1", "ACTIVE=0"));
        session("c3", inFront(":5").replace("UID=" + uid, "UID=" + (uid + 1)));
        session("c4", inFront(":6").replace("CLASS=user", "CLASS=greeter"));
        session("c5", inFront(":9; rm"));
        session("c6", inFront(":7").replace("SEAT=seat0\n", ""));
        session("c7", inFront(":7") + "REMOTE=1\n");
        Files.writeString(folder.resolve("proc/7/environ"), "DISPLAY=:3\0XAUTHORITY=/run/a\0");
        if (uid == 0) {
            // of a programme with the set-user-id bit, started by anybody
            Files.createDirectories(folder.resolve("proc/8"));
            Files.writeString(folder.resolve("proc/8/environ"), "DISPLAY=:8\0XAUTHORITY=/run/b\0");
        }
        Displays displays = new Displays(
                folder.resolve("sessions"), folder.resolve("proc"), folder.resolve("sockets"), accounts, uid);
        assertThat(displays.present())
                .containsExactly(new Display(":3", Optional.of(Path.of("/run/a")), accounts.own()));
    }

    /** As logind describes a session of this account. */
    private static String inFront(String display) throws Exception {
        return "ACTIVE=1\nSEAT=seat0\nUSER=" + new AccountDirectory().own().name() + "\nUID="
                + AccountDirectory.ownUid() + "\nDISPLAY=" + display + "\nCLASS=user\n";
    }

    private void session(String name, String text) throws Exception {
        Files.writeString(folder.resolve("sessions").resolve(name), text);
    }

    @Test
    void textFromOutsideIsInert() {
        assertThat(DialogText.inert("a\u202eb\u0007c\nd")).isEqualTo("a\ufffdb\ufffdc\nd");
        assertThat(new DialogText(Locale.GERMANY).of("grant")).isEqualTo("Erlauben");
        assertThat(new DialogText(Locale.FRANCE).operation(Operations.EXEC)).isEqualTo("Run commands");
        assertThat(new DialogText(Locale.US).operation("tcp:10.0.0.1:22"))
                .isEqualTo("Connections to 10.0.0.1, port 22");
        assertThat(new DialogText(Locale.GERMANY).operation("tcp:device"))
                .isEqualTo("Verbindungen zu allen Ports dieses Geräts");
        assertThat(new DialogText(Locale.US).operation("tcp:plc-1:22")).isEqualTo("tcp:plc-1:22");
    }
}
