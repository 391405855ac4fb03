package org.bascule.control.command;

import java.time.Instant;
import org.bascule.control.CommandException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The time that rows of a log are from. */
final class Period {

    @Option(names = "--from", paramLabel = "TIME", description = "not before: a time such as 2026-12-24T18:00:00Z")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME", description = "before: a time such as 2026-12-24T18:00:00Z")
    private @Nullable String to;

    boolean isGiven() {
        return from != null || to != null;
    }

    /** The rows of a log from that time. */
    Query of(String path, Instant now) throws CommandException {
        return new Query(path)
                .with("from", from == null ? null : Times.moment(from, now).toString())
                .with("to", to == null ? null : Times.moment(to, now).toString());
    }
}
