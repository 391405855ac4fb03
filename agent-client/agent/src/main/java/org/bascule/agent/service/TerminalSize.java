package org.bascule.agent.service;

import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** Columns and rows of a terminal, each 1 to 1,000. */
public record TerminalSize(int cols, int rows) {

    private static final int MAX = 1_000;

    public TerminalSize {
        if (cols < 1 || cols > MAX || rows < 1 || rows > MAX) {
            throw new IllegalArgumentException("a terminal of %d by %d".formatted(cols, rows));
        }
    }

    /** {@code {"cols":80,"rows":24}}. */
    public static TerminalSize parse(StrictJson json) throws WireException {
        return new TerminalSize((int) json.number("cols", 1, MAX), (int) json.number("rows", 1, MAX));
    }
}
