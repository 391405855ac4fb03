package org.bascule.control.remote;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Predicate;

/** Standard input line by line. Nothing is read ahead, so that whoever asks next gets the next line. Thread-safe. */
public final class TypedLines {

    /** Of one line, in bytes; the rest of a longer one is dropped. */
    private static final int MAX_LINE = 32 * 1_024;

    private final InputStream from;

    // guarded by this
    private Optional<String> notTaken = Optional.empty();

    public TypedLines(InputStream from) {
        this.from = from;
    }

    /**
     * Offers the next line, and keeps it for whoever asks next if it is not taken.
     *
     * @return false at the end of the input, or if it was not taken
     */
    public synchronized boolean offer(Predicate<String> taker) {
        Optional<String> line = line();
        if (line.isEmpty() || taker.test(line.get())) {
            return line.isPresent();
        }
        notTaken = line;
        return false;
    }

    /** The next line, without what surrounds it; empty at the end of the input, after which a terminal can be read on. */
    public synchronized Optional<String> line() {
        if (notTaken.isPresent()) {
            Optional<String> kept = notTaken;
            notTaken = Optional.empty();
            return kept;
        }
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            int next = from.read();
            if (next < 0) {
                return Optional.empty();
            }
            while (next >= 0 && next != '\n') {
                if (line.size() < MAX_LINE) {
                    line.write(next);
                }
                next = from.read();
            }
            return Optional.of(line.toString(StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
