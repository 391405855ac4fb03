package org.bascule.wire.log;

import java.io.IOException;
import java.io.Reader;
import java.util.Optional;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * Signed heads, one as JSON on each line, as anchor files hold them; those of other trees are skipped. The heads of one tree must not become smaller. Read as a
 * stream.
 */
public final class HeadLines {

    private static final int MAX_LINE = 4_096;

    private final @Nullable BoundedLines lines;
    private final String tree;
    private long last;

    private HeadLines(@Nullable BoundedLines lines, String tree) {
        this.lines = lines;
        this.tree = tree;
    }

    /** No heads. */
    public static HeadLines none() {
        return new HeadLines(null, TreeHead.INSTALLATION);
    }

    /** The heads of one tree in a file. */
    public static HeadLines of(Reader in, String tree) {
        return new HeadLines(new BoundedLines(in, MAX_LINE), tree);
    }

    /** The next head, or empty at the end. */
    public Optional<TreeHead> next() throws IOException, WireException {
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
