package org.bascule.launcher;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/** Tells a person step by step what happens, with seconds. Thread-safe. */
public final class Progress {

    private final PrintStream out;
    private final InstantSource clock;
    private final Instant begin;

    private Progress(PrintStream out, InstantSource clock) {
        this.out = out;
        this.clock = clock;
        this.begin = clock.instant();
    }

    public static Progress to(PrintStream out) {
        return new Progress(out, InstantSource.system());
    }

    public static Progress silent() {
        return new Progress(
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
                InstantSource.system());
    }

    /** A line with the seconds since the beginning. */
    public void say(String line) {
        line(String.format(Locale.ROOT, "[%6.1f s] %s", seconds(begin), line));
    }

    /** A line as it is. */
    public void line(String line) {
        synchronized (out) {
            out.println(line);
            out.flush();
        }
    }

    /** Something that takes time. */
    @FunctionalInterface
    public interface Step {
        void run() throws Exception;
    }

    /** Runs a step and says how long it took. */
    public void step(String what, Step step) throws Exception {
        Instant start = clock.instant();
        step.run();
        say(String.format(Locale.ROOT, "%-44s %6.1f s", what, seconds(start)));
    }

    private double seconds(Instant since) {
        return Duration.between(since, clock.instant()).toMillis() / 1000.0;
    }
}
