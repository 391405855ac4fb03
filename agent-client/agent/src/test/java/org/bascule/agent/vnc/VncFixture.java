package org.bascule.agent.vnc;

import jakarta.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.bascule.agent.MutableClock;
import org.bascule.agent.TestInstallation;
import org.bascule.agent.account.AccountDirectory;
import org.bascule.agent.consent.ConsentDesk;
import org.bascule.agent.desktop.BannerRows;
import org.bascule.agent.desktop.DesktopProblem;
import org.bascule.agent.desktop.DesktopService;
import org.bascule.agent.desktop.DesktopStream;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.events.EventSpool;
import org.bascule.agent.forward.Reach;
import org.bascule.agent.log.SessionLog;
import org.bascule.agent.service.Launcher;
import org.bascule.agent.state.StateFolder;
import org.bascule.agent.watch.Watcher;
import org.bascule.session.service.DesktopRequest;
import org.bascule.session.service.DesktopRequest.Mode;
import org.bascule.session.service.TcpRequest;
import org.bascule.session.service.VncRequest;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.ConsentMessage;
import org.jspecify.annotations.Nullable;

/** The service with a real VNC server (Xtigervnc) or a scripted one in reach. */
final class VncFixture implements AutoCloseable {

    static final int WIDTH = 640;
    static final int HEIGHT = 480;

    final ExecutorService executor = Executors.newCachedThreadPool();
    final List<String> ended = new CopyOnWriteArrayList<>();
    final List<String> opened = new CopyOnWriteArrayList<>();
    /** How often it was the server that ended it. */
    final AtomicInteger endedByServer = new AtomicInteger();
    /** So much later it is for {@link #servers}. */
    volatile Duration later = Duration.ZERO;

    final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    final EventSpool spool;
    volatile Operations permitted = Operations.of(Operations.DESKTOP_VIEW);
    volatile DesktopService.Where where = () -> {
        throw new DesktopProblem(DesktopProblem.Code.NO_DISPLAY, "nobody is here");
    };
    /** Of the person at the device. */
    final ConsentDesk desk;

    final SessionId asked = SessionId.random();
    final BannerRows rows = new BannerRows();
    final WatchedServers servers;
    private final Launcher launcher = new Launcher(AccountDirectory.ownUid(), Optional.empty());
    /** What the session uses that was opened last. */
    volatile WatchedServers.@Nullable Watched watched;

    private final MutableClock clock = new MutableClock(TestInstallation.NOW);
    int port;
    String display = "";
    private final StateFolder state;
    private final SessionLog log;
    private final VncService service;
    private final List<Process> processes = new ArrayList<>();
    private Writer painter = Writer.nullWriter();

    VncFixture(Path folder) throws Exception {
        state = StateFolder.create(folder.resolve("state"));
        spool = EventSpool.open(StateFolder.create(folder.resolve("events")), 1 << 20, count -> "lost " + count);
        EventLog events = new EventLog(spool, clock, message -> false);
        log = new SessionLog(events, SessionId.random(), () -> true, () -> false);
        desk = new ConsentDesk(clock, message -> true, events, executor);
        service = new VncService(new Reach(state), state, executor, desk.hold(), rows);
        servers = new WatchedServers(
                new VncService(new Reach(state), state, executor, desk.hold(), rows),
                (sid, by) -> ended.add(sid + " by " + by),
                () -> System.nanoTime() + later.toNanos());
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

    void policy(String json) throws IOException {
        Files.writeString(state.path().resolve("policy.json"), json);
    }

    /** @param mode what else it may do than to reach the server */
    void permit(String... mode) {
        List<String> names = new ArrayList<>(List.of(mode));
        names.add("vnc:device:" + port);
        permitted = Operations.of(names.toArray(String[]::new));
    }

    void permitAll() {
        permit(
                Operations.DESKTOP_VIEW,
                Operations.DESKTOP_CONTROL,
                Operations.CLIPBOARD_TO_DEVICE,
                Operations.CLIPBOARD_FROM_DEVICE);
    }

    /** @param password 1 to 8 characters; empty for a server without one */
    void startServer(Path folder, String password, String... options) throws IOException {
        port = freePort();
        List<String> command = new ArrayList<>(List.of(
                "/usr/bin/Xtigervnc",
                "-displayfd",
                "1",
                "-rfbport",
                Integer.toString(port),
                "-localhost",
                "-geometry",
                WIDTH + "x" + HEIGHT,
                "-depth",
                "24",
                "-nolisten",
                "tcp",
                "-noreset"));
        command.addAll(List.of(options));
        if (password.isEmpty()) {
            command.addAll(List.of("-SecurityTypes", "None"));
        } else {
            Path file = folder.resolve("passwd");
            Files.write(file, stored(password));
            command.addAll(List.of("-SecurityTypes", "VncAuth", "-PasswordFile", file.toString()));
        }
        Process server = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        processes.add(server);
        display = ":"
                + new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.US_ASCII))
                        .readLine()
                        .strip();
    }

    /** As vncpasswd stores it: encrypted under a key that everybody knows. */
    private static byte[] stored(String password) {
        byte[] block = java.util.Arrays.copyOf(password.getBytes(StandardCharsets.US_ASCII), 8);
        String known =
                new String(new byte[] {0x17, 0x52, 0x6b, 0x06, 0x23, 0x4e, 0x58, 0x07}, StandardCharsets.US_ASCII);
        return VncAuthentication.response(block, known);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    void startPainter() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx96m",
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.awt.headless=false",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "org.bascule.agent.desktop.Painter",
                        Integer.toString(WIDTH),
                        Integer.toString(HEIGHT))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("DISPLAY", display);
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
        painter.write(order + "\n");
        painter.flush();
        awaitSeen("done");
    }

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

    Future<?> open(DesktopStream stream, Mode mode, Optional<String> password) {
        return open(SessionId.random(), stream, mode, password);
    }

    Future<?> open(SessionId sid, DesktopStream stream, Mode mode, Optional<String> password) {
        VncRequest server = new VncRequest(new TcpRequest(TcpRequest.DEVICE, port), password);
        return executor.submit(() -> {
            service.run(new VncService.Use(
                    stream,
                    new DesktopRequest(mode, Optional.empty(), "", Optional.of(server)),
                    () -> where.display(),
                    launcher,
                    new DesktopService.Caller(sid, "Ada", () -> permitted, ended::add),
                    log,
                    true,
                    new Follower()));
            return "over";
        });
    }

    private final class Follower implements VncService.Follower {
        @Override
        public void opened(String detail) {
            opened.add(detail);
        }

        @Override
        public void shown(VncRequest server) {
            watched = watched(server);
        }

        @Override
        public void endedByServer() {
            endedByServer.incrementAndGet();
            Objects.requireNonNull(watched).endedByServer();
        }
    }

    WatchedServers.Watched watched(VncRequest server) {
        return servers.of(server, permitted, () -> where.display(), launcher, log);
    }

    /** Somebody watches what the session uses. */
    Future<?> watch(DesktopStream stream, SessionId watcher) {
        WatchedServers.Watched tool = Objects.requireNonNull(watched);
        return executor.submit(() -> {
            tool.show(stream, new Watcher(watcher, "Bo"));
            return "over";
        });
    }

    static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not in time");
            }
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    /** The next event that has this member. */
    static JsonObject next(DesktopStream stream, String member) throws InterruptedException {
        for (JsonObject event = stream.next(); ; event = stream.next()) {
            if (event.containsKey(member)) {
                return event.getJsonObject(member);
            }
        }
    }

    /** Nothing that must be recorded finds room until {@link #makeRoom}. */
    void fillLog() throws Exception {
        while (spool.hasRoomToKeep()) {
            spool.append("x".repeat(4_000));
        }
    }

    void makeRoom() throws Exception {
        while (!spool.isEmpty()) {
            EventSpool.Batch batch = spool.pending(100, 1 << 16);
            spool.acknowledge(batch.first() + batch.events().size());
        }
    }

    String recorded() throws Exception {
        return spool.pending(100, 1 << 16).events().toString();
    }

    @Override
    public void close() {
        executor.shutdownNow();
        processes.forEach(Process::destroyForcibly);
    }
}
