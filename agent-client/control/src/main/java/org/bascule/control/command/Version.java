package org.bascule.control.command;

import jakarta.json.JsonObject;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which version a change is meant for: the one that was just read, or one that a program read earlier. */
final class Version {

    @Option(
            names = "--etag",
            paramLabel = "VERSION",
            description = "only if it still has this version, which 'show --json' gave as etag")
    private @Nullable String etag;

    Optional<String> given() {
        return Optional.ofNullable(etag);
    }

    String of(JsonObject found) {
        return given().orElseGet(() -> Output.text(found, "etag"));
    }
}
