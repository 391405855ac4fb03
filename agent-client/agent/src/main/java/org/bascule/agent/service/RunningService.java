package org.bascule.agent.service;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/** What terminal and command have in common: input goes in, output comes out, and in the end nothing is left running. */
final class RunningService {

    /** After the leader ended, output of what it left behind is awaited so long. */
    private static final Duration IDLE = Duration.ofMillis(300);

    private final Process process;
    private final ProcessGroup group;
    private final Runnable hangUp;
    private final AtomicBoolean stopped = new AtomicBoolean();

    /** @param hangUp closes the way to the process, so that nothing waits on it any more */
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
            while (!stopped.get() && !pumps.stream().allMatch(pump -> pump.isIdle(IDLE))) {
                Thread.sleep(20);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        stop();
    }

    /** How it ended; blocks until then. */
    ExitStatus exit() throws InterruptedException {
        int value = process.waitFor();
        int signal = value - 128;
        return signal >= 1 && signal <= 31 ? new ExitStatus.Signal(signal) : new ExitStatus.Code(value);
    }
}
