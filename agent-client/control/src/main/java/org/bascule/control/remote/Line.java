package org.bascule.control.remote;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** One line of an unbuffered input, and not a byte more of it: what follows is for somebody else. */
record Line(InputStream from) {

    /** What is typed beyond this in one line is dropped. */
    private static final int MAX = 8 * 1_024;

    /** Without spaces around it; empty if nothing was typed, or the input ended. */
    Optional<String> read() {
        ByteArrayOutputStream typed = new ByteArrayOutputStream();
        try {
            for (int next = from.read(); next >= 0 && next != '\n'; next = from.read()) {
                if (typed.size() < MAX) {
                    typed.write(next);
                }
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return Optional.of(typed.toString(StandardCharsets.UTF_8).strip()).filter(text -> !text.isEmpty());
    }
}
