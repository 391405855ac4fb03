package org.bascule.agent.command;

import java.nio.file.Path;
import org.bascule.agent.state.StateFolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --dir}, which all commands share. */
final class FolderOption {

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description =
                    "The agent's folder (default: /var/lib/bascule-agent for root, ~/.local/share/bascule-agent otherwise).")
    private @Nullable Path folder;

    Path path() {
        if (folder != null) {
            return folder;
        }
        String user = System.getProperty("user.name", "");
        return StateFolder.defaultPath(user.equals("root"), Path.of(System.getProperty("user.home", "/")));
    }
}
