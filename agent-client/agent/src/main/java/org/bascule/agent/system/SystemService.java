package org.bascule.agent.system;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.bascule.agent.account.Account;
import org.bascule.agent.posix.Errno;
import org.bascule.agent.posix.Pidfd;
import org.bascule.agent.posix.Posix;
import org.bascule.agent.posix.PosixException;
import org.bascule.agent.service.ServiceStream;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.DeviceProblem.Code;
import org.bascule.session.service.SystemRequest;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;

/** The service {@code system}, but for starting programs: one request for each stream. */
public final class SystemService {

    /** The next sample after the first, so that shares of the processors are there soon. */
    private static final int FIRST_PAUSE = 1;

    private final Path proc;
    private final Path passwd;

    public SystemService() {
        this(Path.of("/proc"), Path.of("/etc/passwd"));
    }

    /** Over copies of both. */
    SystemService(Path proc, Path passwd) {
        this.proc = proc;
        this.passwd = passwd;
    }

    /**
     * Who asks.
     *
     * @param account whose rights count for signals
     * @param permitted what the session may do, asked again and again
     */
    public record Caller(Account account, Supplier<Operations> permitted) {

        /** Rights may go while something runs. */
        void require(SystemRequest request) throws DeviceProblem {
            if (!permitted.get().allows(request.operation())) {
                throw new DeviceProblem(Code.NOT_PERMITTED, "This session may not do that, or not any more.");
            }
        }
    }

    /** Told before the effect. */
    @FunctionalInterface
    public interface KillLog {

        /**
         * A process is about to get a signal.
         *
         * @throws IOException if it cannot be recorded: then it must not happen
         */
        void before(long pid, int signal, String command) throws IOException;
    }

    /** Restarts the device: executed with the agent's rights, after everything was recorded. */
    @FunctionalInterface
    public interface Restarter {
        void restart(String reason) throws IOException, DeviceProblem, InterruptedException;
    }

    /** Runs until the request is done or the stream is over; blocks. */
    public void run(ServiceStream stream, SystemRequest request, Caller caller, KillLog log, Restarter restarter)
            throws IOException, InterruptedException {
        try {
            caller.require(request);
            serve(stream, request, caller, log, restarter);
            stream.close();
        } catch (DeviceProblem e) {
            try {
                stream.event(e.toEvent());
            } finally {
                stream.fail(e.code().text());
            }
        }
    }

    private void serve(ServiceStream stream, SystemRequest request, Caller caller, KillLog log, Restarter restarter)
            throws IOException, DeviceProblem, InterruptedException {
        if (!Posix.isSupported()) {
            throw new DeviceProblem(Code.UNSUPPORTED, "Processes need a device with 64-bit Linux.");
        }
        if (request instanceof SystemRequest.Processes processes) {
            watch(stream, processes, caller);
        } else if (request instanceof SystemRequest.Info) {
            byte[] text = SystemInfo.text(files()).getBytes(StandardCharsets.UTF_8);
            stream.write(text, 0, text.length);
        } else if (request instanceof SystemRequest.Kill kill) {
            kill(kill, caller, log);
            done(stream);
        } else if (request instanceof SystemRequest.Restart restart) {
            restarter.restart(restart.reason());
            done(stream);
        }
    }

    private ProcFiles files() {
        return new ProcFiles(proc, passwd);
    }

    private static void done(ServiceStream stream) throws IOException {
        stream.event(Json.createObjectBuilder()
                .add("done", Json.createObjectBuilder())
                .build());
    }

    /** Sample after sample. While nobody reads, writing waits, and nothing is looked at. */
    private void watch(ServiceStream stream, SystemRequest.Processes request, Caller caller)
            throws IOException, DeviceProblem, InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        stream.onEnd(over::countDown);
        ProcFiles files = files();
        ProcessTable table = new ProcessTable(files, System::nanoTime);
        TableWriter writer = new TableWriter(stream);
        writer.write(table.sample(), SystemInfo.figures(files).build().toString());
        long pause = FIRST_PAUSE;
        while (!pause(over, pause, request, caller)) {
            caller.require(request);
            writer.write(table.sample(), SystemInfo.figures(files).build().toString());
            pause = request.interval();
        }
    }

    /** @return whether the stream is over; looks at the right each second */
    private static boolean pause(CountDownLatch over, long seconds, SystemRequest request, Caller caller)
            throws DeviceProblem, InterruptedException {
        for (long second = 0; second < seconds; second++) {
            if (over.await(1, TimeUnit.SECONDS)) {
                return true;
            }
            caller.require(request);
        }
        return false;
    }

    /**
     * The kernel's handle of the process is had first and looked at then, so no other process of the same number is hit. The account's right is that of kill(2): the thread
     * itself cannot become the account without being within its reach.
     */
    private void kill(SystemRequest.Kill request, Caller caller, KillLog log) throws IOException, DeviceProblem {
        if (request.pid() == ProcessHandle.current().pid()) {
            throw new DeviceProblem(
                    Code.AGENT, "That is the agent itself: without it there would be no session. Restart the device.");
        }
        ProcFiles files = files();
        try (Pidfd process = Pidfd.open(request.pid())) {
            ProcFiles.Stat stat = same(files, request);
            ProcFiles.Uids uids = uids(files, request);
            long own = caller.account().uid();
            if (own != 0 && own != uids.real() && own != uids.saved()) {
                throw new DeviceProblem(
                        Code.DENIED,
                        "The account " + caller.account().name() + " may not signal a process of "
                                + files.user(uids.real()) + ".");
            }
            String command = files.command(request.pid());
            log.before(request.pid(), request.signal().number(), command.isEmpty() ? stat.name() : command);
            caller.require(request);
            same(files, request);
            process.signal(request.signal().number());
        } catch (PosixException e) {
            throw e.errno() == Errno.ESRCH ? gone() : refused(e);
        }
    }

    private static ProcFiles.Stat same(ProcFiles files, SystemRequest.Kill request) throws DeviceProblem {
        try {
            ProcFiles.Stat stat = files.stat(request.pid());
            if (stat.start() == request.start()) {
                return stat;
            }
        } catch (IOException e) {
            // no such process
        }
        throw gone();
    }

    private static ProcFiles.Uids uids(ProcFiles files, SystemRequest.Kill request) throws DeviceProblem {
        try {
            return files.uids(request.pid());
        } catch (IOException e) {
            throw gone();
        }
    }

    private static DeviceProblem gone() {
        return new DeviceProblem(Code.GONE, "The process has ended already.");
    }

    private static DeviceProblem refused(PosixException e) {
        return e.errno() == Errno.EPERM || e.errno() == Errno.EACCES
                ? new DeviceProblem(Code.DENIED, "The device's system does not let the agent signal this process.")
                : new DeviceProblem(Code.FAILED, "The signal could not be sent (errno " + e.errno() + ").");
    }

    /** Runs the owner's command for a restart, for at most half a minute. */
    public static void execute(List<String> command) throws DeviceProblem, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new DeviceProblem(Code.FAILED, "The program for the restart is not there: " + command.get(0) + ".");
        }
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new DeviceProblem(Code.FAILED, "The restart did not begin within 30 seconds.");
        }
        if (process.exitValue() != 0) {
            throw new DeviceProblem(
                    Code.FAILED, command.get(0) + " ended with the exit code " + process.exitValue() + ".");
        }
    }
}
