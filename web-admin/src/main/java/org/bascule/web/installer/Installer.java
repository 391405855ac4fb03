package org.bascule.web.installer;

import java.nio.file.Path;
import java.util.Map;

/**
 * The agent as it is handed out now.
 *
 * @param server where its script fetches from and enrols at, {@code https://…}
 * @param script {@code install.sh}, ASCII
 * @param sha256 of the script, 64 hexadecimal digits
 */
public record Installer(String server, String script, String sha256, Map<AgentFile, Content> files) {

    private static final String NAME = "bascule-install.sh";

    /**
     * One of the files.
     *
     * @param length bytes
     * @param sha256 64 hexadecimal digits
     */
    record Content(Path path, long length, String sha256) {}

    public Installer {
        files = Map.copyOf(files);
    }

    public String url() {
        return server + AgentFilesServlet.SCRIPT;
    }

    /** The one line for a shell at the device: fetches the script, compares its hash, runs it. It holds no secret. */
    public String command() {
        return "curl -fsSo " + NAME + " " + url() + " && echo \"" + sha256 + "  " + NAME
                + "\" | sha256sum -c - && sudo sh " + NAME;
    }

    /** The same for a device that shows a pairing code. */
    public String pairCommand() {
        return command() + " --pair";
    }
}
