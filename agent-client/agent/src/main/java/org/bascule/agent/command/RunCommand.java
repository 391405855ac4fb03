package org.bascule.agent.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.Agent;
import org.bascule.agent.Logging;
import org.bascule.agent.Version;
import org.bascule.agent.account.AccountException;
import org.bascule.agent.channel.Backoff;
import org.bascule.agent.enrol.EnrolException;
import org.bascule.agent.enrol.EnrolmentFile;
import org.bascule.agent.enrol.HeadlessEnrolment;
import org.bascule.agent.state.DeviceState;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bascule-agent run}. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Keeps this device connected to its access server, in the foreground.")
public final class RunCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--debug", description = "Logs details; never contents or keys.")
    private boolean debug;

    @Option(
            names = "--with-parent",
            hidden = true,
            description = "Ends when standard input does: for a launcher whose child this is.")
    private boolean withParent;

    @Option(
            names = "--stop-after",
            hidden = true,
            paramLabel = "SECONDS",
            description = "Ends by itself: for class-data sharing, which archives what a run has used.")
    private int stopAfter;

    @Mixin
    private FolderOption folder = new FolderOption();

    @Override
    public Integer call() throws InterruptedException {
        Logging.configure(debug);
        try {
            Optional<Path> file = HeadlessEnrolment.file(folder.path());
            if (!Files.isDirectory(folder.path())) {
                if (file.isEmpty()) {
                    return notEnrolled();
                }
                StateFolder.create(folder.path());
            }
            StateFolder opened = StateFolder.open(folder.path());
            DeviceState state = new DeviceState(opened);
            if (!state.isEnrolled() && file.isEmpty()) {
                return notEnrolled();
            }
            watchParentAndTime();
            // held until the process ends
            AutoCloseable lock = opened.lock();
            if (state.isEnrolled()) {
                HeadlessEnrolment.removeUsed(opened);
            } else {
                enrol(state, file.orElseThrow());
            }
            String temporary = opened.subfolder("native").toString();
            System.setProperty("pty4j.tmpdir", temporary);
            System.setProperty("jna.tmpdir", temporary);
            run(new Agent(opened), lock);
            return ExitCode.OK;
        } catch (StateException | AccountException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitCode.FAILED;
        } catch (EnrolException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return EnrolCommand.code(e.reason());
        }
    }

    private static void enrol(DeviceState state, Path file)
            throws EnrolException, StateException, InterruptedException {
        Backoff backoff = new Backoff(new SecureRandom());
        HeadlessEnrolment.Wait wait = new HeadlessEnrolment.Wait() {
            @Override
            public Duration unreached() {
                return backoff.next(Duration.ZERO);
            }

            @Override
            public Duration refused() {
                return backoff.afterFinalRefusal();
            }

            @Override
            public void pause(Duration time) throws InterruptedException {
                TimeUnit.MILLISECONDS.sleep(time.toMillis());
            }
        };
        new HeadlessEnrolment(state, Clock.systemUTC(), wait)
                .enrol(
                        EnrolmentFile.read(file),
                        new HeadlessEnrolment.Self(EnrolCommand.hostName(), Version.operatingSystem(), Version.text()));
    }

    private int notEnrolled() {
        spec.commandLine().getErr().println("This device is not enrolled; run `bascule-agent enrol` first.");
        return ExitCode.STATE;
    }

    private void run(Agent agent, AutoCloseable lock) throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(agent, lock), "stop"));
        agent.run();
    }

    private void watchParentAndTime() {
        if (withParent) {
            Thread watch = new Thread(RunCommand::watchParent, "parent");
            watch.setDaemon(true);
            watch.start();
        }
        if (stopAfter > 0) {
            Thread stopper = new Thread(this::stopByItself, "stop-after");
            stopper.setDaemon(true);
            stopper.start();
        }
    }

    private static void stop(Agent agent, AutoCloseable lock) {
        agent.stop();
        try {
            lock.close();
        } catch (Exception e) {
            // the end of the process releases it
        }
    }

    private void stopByItself() {
        try {
            TimeUnit.SECONDS.sleep(stopAfter);
            System.exit(ExitCode.OK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void watchParent() {
        try {
            while (System.in.read() >= 0) {
                // nothing is said on it
            }
        } catch (IOException e) {
            // the same as its end
        }
        System.exit(ExitCode.OK);
    }
}
