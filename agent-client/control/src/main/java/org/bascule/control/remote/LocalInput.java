package org.bascule.control.remote;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.bascule.session.stream.SessionStream;

/**
 * Standard input: sent to a stream while that lasts, and read line by line when the program asks something afterwards. One thread reads it, which ends with the
 * process: a read from a terminal cannot be taken back.
 */
public final class LocalInput {

    private static final int BUFFER = 32 * 1_024;
    /** What is typed beyond this in one line is dropped. */
    private static final int MAX_LINE = 8 * 1_024;

    private final InputStream from;

    // guarded by this
    private final ByteArrayOutputStream typed = new ByteArrayOutputStream();
    private boolean asked;
    private boolean ended;

    public LocalInput(InputStream from) {
        this.from = from;
    }

    /** Begins to read for a stream; once. */
    void pump(SessionStream to) {
        Thread thread = new Thread(() -> copy(to), "bascule-input");
        thread.setDaemon(true);
        thread.start();
    }

    private void copy(SessionStream to) {
        byte[] buffer = new byte[BUFFER];
        try {
            for (int length = from.read(buffer); length >= 0; length = from.read(buffer)) {
                if (!keep(buffer, length) && !send(to, buffer, length)) {
                    awaitQuestion();
                }
            }
        } catch (IOException e) {
            // there is nothing to read
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        end();
        to.finish();
    }

    /** False when the stream is over, which its handler hears as well. */
    private static boolean send(SessionStream to, byte[] buffer, int length) {
        try {
            to.write(buffer, 0, length);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private synchronized boolean keep(byte[] buffer, int length) {
        if (asked) {
            typed.write(buffer, 0, Math.max(0, Math.min(length, MAX_LINE - typed.size())));
            if (length > 0 && buffer[length - 1] == '\n' && typed.size() == MAX_LINE) {
                typed.write('\n');
            }
            notifyAll();
        }
        return asked;
    }

    private synchronized void awaitQuestion() throws InterruptedException {
        while (!asked) {
            wait();
        }
    }

    private synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** The next line that is typed from now on, without what surrounds it; empty at the end of the input. From now on nothing goes to the stream. */
    public synchronized Optional<String> line() throws InterruptedException {
        asked = true;
        notifyAll();
        while (true) {
            String text = typed.toString(StandardCharsets.UTF_8);
            int end = text.indexOf('\n');
            if (end >= 0) {
                typed.reset();
                typed.writeBytes(text.substring(end + 1).getBytes(StandardCharsets.UTF_8));
                return Optional.of(text.substring(0, end).strip());
            }
            if (ended) {
                return Optional.empty();
            }
            wait();
        }
    }
}
