package org.bascule.agent.jvm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a Java programme says on its standard error, kept up to a bound in case it crashes. Such a programme runs with the rights and in the home of some account: with {@link #OPTIONS} it leaves no
 * file {@code hs_err_pid*.log} and no core there.
 */
public final class CrashReport {

    /** For the Java machine: the report of a crash goes to the standard error, and nothing to the standard output. */
    public static final List<String> OPTIONS =
            List.of("-XX:+ErrorFileToStderr", "-XX:+DisplayVMOutputToStderr", "-XX:-CreateCoredumpOnCrash");

    /** The report's head, with the stacks of the thread that crashed. */
    private static final int MOST = 6_000;

    private final Thread reader;
    private final StringBuilder text = new StringBuilder();

    /** Reads until the programme has ended, on a thread of its own. */
    public CrashReport(Process process) {
        InputStream errors = process.getErrorStream();
        reader = new Thread(() -> read(errors), "errors-of-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    private void read(InputStream errors) {
        byte[] buffer = new byte[2_048];
        try (errors) {
            for (int length = errors.read(buffer); length >= 0; length = errors.read(buffer)) {
                keep(new String(buffer, 0, length, StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            // closed: what came until then is all there is
        }
    }

    private synchronized void keep(String part) {
        text.append(part, 0, Math.min(part.length(), MOST - text.length()));
    }

    /** After the programme's end: up to 6,000 characters, without control characters but line feeds; empty if it said nothing. */
    public String text() throws InterruptedException {
        reader.join(TimeUnit.SECONDS.toMillis(1));
        synchronized (this) {
            return text.toString().replaceAll("[^\\P{C}\\n]", "?").strip();
        }
    }
}
