package org.bascule.wire.log;

import java.io.IOException;
import java.io.Reader;
import java.util.Optional;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * Signed heads, one as JSON on each line, as anchor files hold them; those of other trees are skipped. The heads of one tree must not become smaller. Read as a
 * stream, once.
 */
public final class HeadLines {

    private static final int MAX_LINE = 4_096;

    private final @Nullable BoundedLines lines;
    private long last;

    private HeadLines(@Nullable BoundedLines lines) {
        this.lines = lines;
    }

    /** No heads. */
    public static HeadLines none() {
        return new HeadLines(null);
    }

    /** The heads in a file. */
    public static HeadLines of(Reader in) {
        return new HeadLines(new BoundedLines(in, MAX_LINE));
    }

    /** Whether there is a file, if only one without a head. */
    boolean areGiven() {
        return lines != null;
    }

    /** The next head of a tree, always the same one; empty at the end. */
    Optional<TreeHead> next(String tree) throws IOException, WireException {
        if (lines == null) {
            return Optional.empty();
        }
        for (String line = lines.next(); line != null; line = lines.next()) {
            if (line.isBlank()) {
                continue;
            }
            TreeHead head = TreeHead.parse(StrictJson.parse(line, MAX_LINE));
            if (head.tree().equals(tree)) {
                if (head.size() < last) {
                    throw WireException.malformed("the heads are not in order");
                }
                last = head.size();
                return Optional.of(head);
            }
        }
        return Optional.empty();
    }
}
