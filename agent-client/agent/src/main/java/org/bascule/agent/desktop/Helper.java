package org.bascule.agent.desktop;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.bascule.agent.account.AccountException;
import org.bascule.agent.desktop.helper.DesktopHelper;
import org.bascule.agent.desktop.link.Link;
import org.bascule.agent.display.Display;
import org.bascule.agent.jvm.CrashReport;
import org.bascule.agent.service.Launch;
import org.bascule.agent.service.Launcher;
import org.bascule.session.service.CommandLine;

/** The process that shows a display. Native code runs there alone, so what breaks in it does not break the agent. */
final class Helper {

    private static final System.Logger LOG = System.getLogger(Helper.class.getName());
    private static final int GRACE_SECONDS = 2;
    private static final int RELEASE_SECONDS = 10;
    /** Of one that had the time to let go of everything: its own end, the banner's, SIGHUP, SIGTERM. */
    private static final List<Integer> ORDERLY = List.of(0, DesktopHelper.ENDED, 129, 143);

    private final Launcher launcher;
    private final List<String> programme;
    private final Display display;
    private final Process process;
    private final CrashReport errors;
    private final AtomicBoolean reported = new AtomicBoolean();
    final Link.Writer to;
    final Link.Reader from;

    Helper(Launcher launcher, List<String> programme, Display display, String... arguments)
            throws AccountException, IOException {
        this.launcher = launcher;
        this.programme = programme;
        this.display = display;
        this.process = start(List.of(arguments), ProcessBuilder.Redirect.PIPE);
        this.errors = new CrashReport(process);
        this.to = new Link.Writer(process.getOutputStream());
        this.from = new Link.Reader(process.getInputStream());
    }

    static List<String> programme() {
        List<String> command = new ArrayList<>();
        command.add(
                Path.of(System.getProperty("java.home", "/usr"), "bin", "java").toString());
        command.addAll(CrashReport.OPTIONS);
        command.addAll(List.of(
                "-Xms16m",
                "-Xmx48m",
                // the picture that the client has lies outside the heap: 16,000 by 8,000 pixels
                "-XX:MaxDirectMemorySize=512m",
                "-Xss512k",
                "-XX:+UseSerialGC",
                "-XX:ReservedCodeCacheSize=24m",
                "-XX:MaxMetaspaceSize=48m",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Djava.awt.headless=true",
                "-cp",
                classPath(),
                DesktopHelper.class.getName()));
        return List.copyOf(command);
    }

    /** The helper has another working directory. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path", "").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private Process start(List<String> arguments, ProcessBuilder.Redirect output) throws AccountException, IOException {
        List<String> command = new ArrayList<>(programme);
        command.addAll(arguments);
        Launch launch = launcher.command(display.account(), CommandLine.of(command));
        ProcessBuilder builder = new ProcessBuilder(launch.command())
                .directory(launch.directory().toFile())
                .redirectOutput(output)
                .redirectError(output);
        builder.environment().clear();
        builder.environment().putAll(launch.environment());
        builder.environment().put("DISPLAY", display.name());
        display.authority().ifPresent(file -> builder.environment().put("XAUTHORITY", file.toString()));
        return builder.start();
    }

    long pid() {
        return process.pid();
    }

    /** Told when the person at the device has pressed the banner's button: whether or not what it sent can be read. */
    void onEndedThere(Executor executor, Runnable handler) {
        process.onExit()
                .thenAcceptAsync(
                        ended -> {
                            if (ended.exitValue() == DesktopHelper.ENDED) {
                                handler.run();
                            }
                        },
                        executor);
    }

    /** Whether the person at the device has ended it; waits until the process is gone, for two seconds. */
    boolean isEndedThere() throws InterruptedException {
        return awaitEnd() && process.exitValue() == DesktopHelper.ENDED;
    }

    /** Waits for its end, for two seconds; whether it has ended. */
    boolean awaitEnd() throws InterruptedException {
        return process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS);
    }

    /** Asks it to end, which does not wait for anything; then sees to it. What it still says can be read until then. */
    void end() throws InterruptedException {
        process.toHandle().destroy();
        if (!awaitEnd()) {
            process.destroyForcibly();
            awaitEnd();
        }
        if (!isOrderly() && !reported.getAndSet(true)) {
            String said = errors.text();
            if (!said.isEmpty()) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the programme that shows display {0} has failed:\n{1}",
                        display.name(),
                        said);
            }
        }
        process.destroy(); // closes the pipes, which another process may hold
    }

    /** Whether it could let go of what it had pressed; after {@link #end}. */
    boolean isOrderly() {
        return !process.isAlive() && ORDERLY.contains(process.exitValue());
    }

    /** Lets go of everything that is pressed on the display, by another process. */
    void release() throws InterruptedException, AccountException, IOException {
        Process again = start(List.of("release"), ProcessBuilder.Redirect.DISCARD);
        if (!again.waitFor(RELEASE_SECONDS, TimeUnit.SECONDS)) {
            again.destroyForcibly();
        }
    }
}
