package org.bascule.wire.log;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** Lines that end with LF, of bounded length. */
final class BoundedLines {

    private final BufferedReader in;
    private final int max;

    BoundedLines(Reader in, int max) {
        this.in = new BufferedReader(in, 1 << 16);
        this.max = max;
    }

    /** The next line, or null at the end. */
    @Nullable
    String next() throws IOException, WireException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c == '\n') {
                return line.toString();
            }
            if (line.length() >= max) {
                throw new WireException(WireException.Reason.TOO_LARGE, "a line exceeds %d characters".formatted(max));
            }
            line.append((char) c);
        }
        return line.isEmpty() ? null : line.toString();
    }
}
