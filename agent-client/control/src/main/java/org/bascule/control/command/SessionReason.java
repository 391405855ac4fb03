package org.bascule.control.command;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Why somebody is at a device, and what was done there: options of each verb that opens a session. */
final class SessionReason {

    @Option(names = "--reason", paramLabel = "TEXT", description = "why, for the log of the device's owner")
    private @Nullable String text;

    @Option(
            names = "--comment",
            paramLabel = "TEXT",
            description = "what is done, for the log; a domain may want to know")
    private @Nullable String comment;

    Optional<String> text() {
        return Optional.ofNullable(text);
    }

    Optional<String> comment() {
        return Optional.ofNullable(comment);
    }
}
