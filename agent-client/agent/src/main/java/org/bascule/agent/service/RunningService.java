package org.bascule.agent.service;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bascule.session.service.ProcessExit;

/** What terminal and command have in common: input goes in, output comes out, and in the end nothing is left running. */
final class RunningService {

    /** After the leader ended, output of its background jobs is awaited so long. */
    private static final Duration HELD_BY_JOBS = Duration.ofMillis(500);
    /** With nobody left of its session, only a daemon of its making can hold the output. */
    private static final Duration HELD_ELSEWHERE = Duration.ofSeconds(5);

    private final Process process;
    private final ProcessGroup group;
    private final Runnable hangUp;
    private final AtomicBoolean stopped = new AtomicBoolean();

    /** @param hangUp closes the way to the process, so that nothing waits on it any more; it comes before the end of the processes, so it must not wait */
    RunningService(Process process, Runnable hangUp) {
        this.process = process;
        this.group = new ProcessGroup(process.pid());
        this.hangUp = hangUp;
    }

    /** Ends everything when the stream is over; the call comes on a thread that must not block. */
    void endWith(ServiceStream stream, Executor executor) {
        stream.onEnd(() -> executor.execute(this::stop));
    }

    /** Hangs up, asks the processes to end, and sees to it. */
    void stop() {
        if (stopped.compareAndSet(false, true)) {
            hangUp.run();
            group.end();
        }
    }

    /** What the client's CLOSE does to the input. */
    @FunctionalInterface
    interface InputEnd {
        void end(OutputStream input) throws IOException;
    }

    /** Client's bytes to the process, until the client's CLOSE. What the process no longer takes is dropped. */
    void feed(ServiceStream stream, OutputStream input, InputEnd atEnd) {
        byte[] buffer = new byte[8 * 1_024];
        boolean open = true;
        try {
            for (int length = stream.read(buffer); length >= 0; length = stream.read(buffer)) {
                if (open) {
                    open = give(input, buffer, length);
                }
            }
            atEnd.end(input);
        } catch (IOException e) {
            // the stream is over: endWith does the rest
        }
    }

    private static boolean give(OutputStream input, byte[] buffer, int length) {
        try {
            input.write(buffer, 0, length);
            input.flush();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Once the leader has ended and its output has come, ends what it left behind. For a thread of its own. */
    void watch(List<OutputPump> pumps) {
        try {
            process.waitFor();
            awaitOutput(pumps, System.nanoTime());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        stop();
    }

    /** The output ends by itself unless somebody else still holds it; then what has not come for a while does not come. */
    private void awaitOutput(List<OutputPump> pumps, long ended) throws InterruptedException {
        while (!stopped.get() && !pumps.stream().allMatch(OutputPump::isDone)) {
            Duration patience = group.members().isEmpty() ? HELD_ELSEWHERE : HELD_BY_JOBS;
            if (pumps.stream().allMatch(pump -> pump.isIdle(patience, ended))) {
                return;
            }
            Thread.sleep(50);
        }
    }

    /** How it ended; blocks until then. */
    ProcessExit exit() throws InterruptedException {
        return exit(process.waitFor());
    }

    /** How it ended, if it has within a moment; after {@link #stop}. */
    Optional<ProcessExit> exitSoFar() {
        try {
            return process.waitFor(500, TimeUnit.MILLISECONDS)
                    ? Optional.of(exit(process.exitValue()))
                    : Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static ProcessExit exit(int value) {
        int signal = value - 128;
        return signal >= 1 && signal <= 31 ? ProcessExit.signal(signal) : ProcessExit.code(value);
    }
}
