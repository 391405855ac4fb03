package org.bascule.agent.desktop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.MutableClock;
import org.bascule.agent.TestInstallation;
import org.bascule.agent.account.AccountDirectory;
import org.bascule.agent.consent.ConsentDesk;
import org.bascule.agent.display.Display;
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

/** A display of its own (Xvfb) with a programme on it, and the service. */
final class DesktopFixture implements AutoCloseable {

    static final Operations ALL = Operations.of(
            Operations.DESKTOP_VIEW,
            Operations.DESKTOP_CONTROL,
            Operations.CLIPBOARD_TO_DEVICE,
            Operations.CLIPBOARD_FROM_DEVICE);
    static final Operations VIEW = Operations.of(Operations.DESKTOP_VIEW);

    private static final Path XVFB = Path.of("/usr/bin/Xvfb");

    final ExecutorService executor = Executors.newCachedThreadPool();
    final List<String> ended = new CopyOnWriteArrayList<>();
    final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    final EventSpool spool;
    final String display;
    volatile Operations permitted = ALL;
    volatile String user = "Ada";
    private final List<Process> processes = new ArrayList<>();
    final SessionLog log;
    /** Of the person at the device. */
    final ConsentDesk desk;

    final BannerRows rows = new BannerRows();

    final SessionId asked = SessionId.random();
    private final MutableClock clock = new MutableClock(TestInstallation.NOW);
    private final int width;
    private final int height;
    private Writer painter = Writer.nullWriter();

    DesktopFixture(Path folder, int width, int height, String... serverArguments) throws Exception {
        this.width = width;
        this.height = height;
        display = xvfb(List.of(serverArguments));
        spool = EventSpool.open(StateFolder.create(folder.resolve("events")), 1 << 20, count -> "lost " + count);
        EventLog events = new EventLog(spool, clock, message -> false);
        log = new SessionLog(events, SessionId.random(), () -> true, () -> false);
        desk = new ConsentDesk(clock, message -> true, events, executor);
    }

    private String xvfb(List<String> arguments) throws IOException {
        assertThat(XVFB).as("Xvfb is installed").isExecutable();
        List<String> command = new ArrayList<>(List.of(
                XVFB.toString(),
                "-displayfd",
                "1",
                "-screen",
                "0",
                width + "x" + height + "x24",
                "-nolisten",
                "tcp",
                "-noreset"));
        command.addAll(arguments);
        Process server = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        processes.add(server);
        return ":"
                + new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.US_ASCII))
                        .readLine()
                        .strip();
    }

    /** The X server dies. */
    void killDisplay() {
        processes.get(0).destroyForcibly();
    }

    void startPainter() throws Exception {
        startDrawing(Painter.class);
    }

    /** A programme that says {@code ready} and takes orders, for {@link #paint} and {@link #tell}. */
    void startDrawing(Class<?> programme) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx96m",
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.awt.headless=false",
                        "-Dfile.encoding=UTF-8",
                        "-cp",
                        System.getProperty("java.class.path"),
                        programme.getName(),
                        Integer.toString(width),
                        Integer.toString(height))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("DISPLAY", display);
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        processes.add(process);
        painter = process.outputWriter(StandardCharsets.UTF_8);
        executor.execute(() -> {
            try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                    seen.add(line);
                }
            } catch (IOException e) {
                seen.add(e.toString());
            }
        });
        awaitSeen("ready");
    }

    void paint(String order) throws Exception {
        tell(order);
        awaitSeen("done");
    }

    void tell(String order) throws IOException {
        painter.write(order + "\n");
        painter.flush();
    }

    /** What the programme saw before is dropped. */
    void awaitSeen(String expected) throws InterruptedException {
        List<String> others = new ArrayList<>();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (System.nanoTime() < deadline) {
            String line = seen.poll(100, TimeUnit.MILLISECONDS);
            if (expected.equals(line)) {
                return;
            }
            if (line != null) {
                others.add(line);
            }
        }
        throw new AssertionError("'" + expected + "' was not seen, but " + others);
    }

    Display at() throws Exception {
        return new Display(display, Optional.empty(), new AccountDirectory().own());
    }

    /** Somebody wants another session, and the person at the device is asked. */
    void ask() {
        desk.asked(new ConsentMessage.Ask(
                asked,
                "Bo",
                "192.0.2.9",
                Optional.empty(),
                Operations.of(Operations.TERMINAL),
                clock.instant().plusSeconds(60)));
    }

    Future<?> open(DesktopStream stream, Mode mode) {
        return open(stream, mode, Helper.programme());
    }

    Future<?> open(DesktopStream stream, Mode mode, List<String> programme) {
        return open(new DesktopService(executor, desk.hold(), rows, programme), SessionId.random(), stream, mode);
    }

    Future<?> open(DesktopService service, SessionId sid, DesktopStream stream, Mode mode) {
        return executor.submit(() -> {
            service.run(
                    stream,
                    new DesktopRequest(mode, Optional.empty(), ""),
                    () -> {
                        try {
                            return at();
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    new Launcher(AccountDirectory.ownUid(), Optional.empty()),
                    new DesktopService.Caller(sid, user, () -> permitted, ended::add),
                    log);
            return "over";
        });
    }

    /** A client that has shaken hands and takes what changes by itself. */
    RfbClient client(DesktopStream stream, int... encodings) throws Exception {
        JsonObject first = stream.next();
        assertThat(first.containsKey("desktop")).as("%s", first).isTrue();
        RfbClient client = new RfbClient(stream.received(), stream::send);
        client.hello();
        client.start();
        client.encodings(encodings);
        client.request(false);
        client.continuous();
        return client;
    }

    static int[] usual() {
        return new int[] {
            RfbClient.TIGHT,
            RfbClient.COPY,
            RfbClient.QUALITY_6,
            RfbClient.CURSOR,
            RfbClient.EXTENDED_SIZE,
            RfbClient.FENCE,
            RfbClient.CONTINUOUS,
            RfbClient.QEMU_KEY,
            RfbClient.CLIPBOARD
        };
    }

    /** What was recorded, oldest first. */
    List<String> recorded() throws Exception {
        return spool.pending(100, 1 << 16).events();
    }

    @Override
    public void close() {
        executor.shutdownNow();
        processes.forEach(Process::destroyForcibly);
    }
}
