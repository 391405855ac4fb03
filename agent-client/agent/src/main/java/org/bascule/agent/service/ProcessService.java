package org.bascule.agent.service;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.bascule.agent.account.Account;
import org.bascule.session.service.ProcessExit;
import org.bascule.session.service.ProcessFrames;

/** A command without a terminal: input in, output and errors out in frames, exit code at the end. */
public final class ProcessService {

    private static final int HEADER = 5;

    private final Executor executor;

    /** @param executor a thread for each task */
    public ProcessService(Executor executor) {
        this.executor = executor;
    }

    /** What became of a command. */
    @FunctionalInterface
    public interface Ending {

        /** @param exit empty if it would not end when it was killed */
        void ended(long pid, Optional<ProcessExit> exit);
    }

    /** Runs until the command or the stream ends; blocks. Whoever wants to know what became of it is told, once it was started. */
    public void run(ServiceStream stream, Launch launch, Account account, Ending ending)
            throws IOException, InterruptedException {
        Process process = start(launch);
        // no closing of its input, which waits while a write to it does: with the process it ends by itself
        RunningService running = new RunningService(process, () -> {});
        try {
            running.endWith(stream, executor);
            stream.event(ProcessExit.openedEvent(account.name()));
            OutputPump output = pump(stream, process.getInputStream(), ProcessFrames.OUTPUT);
            OutputPump errors = pump(stream, process.getErrorStream(), ProcessFrames.ERROR);
            CountDownLatch errorsDone = new CountDownLatch(1);
            executor.execute(() -> running.feed(stream, process.getOutputStream(), OutputStream::close));
            executor.execute(() -> running.watch(List.of(output, errors)));
            executor.execute(() -> {
                try {
                    errors.run();
                } catch (IOException e) {
                    // the stream is over: the other pump learns it, too
                } finally {
                    errorsDone.countDown();
                }
            });
            output.run();
            errorsDone.await();
            stream.event(running.exit().toEvent());
            stream.close();
        } finally {
            running.stop();
            ending.ended(process.pid(), running.exitSoFar());
        }
    }

    private static Process start(Launch launch) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(launch.command())
                .directory(launch.directory().toFile());
        builder.environment().clear();
        builder.environment().putAll(launch.environment());
        return builder.start();
    }

    /** {@code channel u8 ‖ u32 length ‖ bytes}; a frame is not torn by one of the other channel. */
    private static OutputPump pump(ServiceStream stream, InputStream in, int channel) {
        return new OutputPump(in, (buffer, length) -> {
            byte[] frame = ByteBuffer.allocate(HEADER + length)
                    .put((byte) channel)
                    .putInt(length)
                    .put(buffer, 0, length)
                    .array();
            synchronized (stream) {
                stream.write(frame, 0, frame.length);
            }
        });
    }
}
