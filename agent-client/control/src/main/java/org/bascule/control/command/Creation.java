package org.bascule.control.command;

import jakarta.json.JsonObject;
import java.util.UUID;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.server.AccessServer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a creation is named, so that repeating the command creates nothing twice. */
final class Creation {

    private static final String KEY = "[A-Za-z0-9_-]{16,64}";

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description =
                    "idempotency key, 16 to 64 of A-Z a-z 0-9 _ -: the same command with the same key within a day creates nothing more and "
                            + "prints the same (default: a random one)")
    private @Nullable String key;

    JsonObject create(AccessServer server, String path, JsonObject body) throws CommandException {
        String given = key;
        if (given == null) {
            return server.create(path, body, UUID.randomUUID().toString());
        }
        if (!given.matches(KEY)) {
            throw new CommandException(ExitCode.USAGE, "a key has 16 to 64 of the characters A-Z a-z 0-9 _ -");
        }
        return server.create(path, body, given);
    }
}
