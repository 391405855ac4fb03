package org.bascule.agent.service;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** Carries a process's output away as it comes; knows whether it waits for the process or for the client. */
final class OutputPump {

    /** Where output goes; blocks without credit. */
    @FunctionalInterface
    interface Sink {
        void write(byte[] buffer, int length) throws IOException;
    }

    private static final int BUFFER = 32 * 1_024;

    private final InputStream in;
    private final Sink sink;
    private volatile boolean waiting;
    private volatile long since = System.nanoTime();
    private volatile boolean done;

    OutputPump(InputStream in, Sink sink) {
        this.in = in;
        this.sink = sink;
    }

    /** Runs until the output ends. Fails only if the client's side does. */
    void run() throws IOException {
        byte[] buffer = new byte[BUFFER];
        try {
            for (int length = read(buffer); length > 0; length = read(buffer)) {
                sink.write(buffer, length);
            }
        } finally {
            done = true;
        }
    }

    /** A terminal whose last process is gone answers with an error instead of an end. */
    private int read(byte[] buffer) {
        since = System.nanoTime();
        waiting = true;
        try {
            return in.read(buffer);
        } catch (IOException e) {
            return -1;
        } finally {
            waiting = false;
        }
    }

    /**
     * Ended, or waiting in vain for so long.
     *
     * @param from waiting before that does not count; of {@link System#nanoTime}
     */
    boolean isIdle(Duration time, long from) {
        long begin = Math.max(since - from, 0);
        return done || (waiting && System.nanoTime() - from - begin > time.toNanos());
    }

    boolean isDone() {
        return done;
    }
}
