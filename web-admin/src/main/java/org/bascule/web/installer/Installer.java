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

    /**
     * The one line for a shell at the device: fetches the script, compares its hash, runs it. It holds no secret. The script is in a new folder of the caller's: in one that
     * others may change, they could put another file in its place between the comparison and root's reading.
     */
    public String command() {
        return "d=$(mktemp -d) && curl -fsS --retry 8 -o \"$d/" + NAME + "\" " + url() + " && (cd \"$d\" && echo \""
                + sha256 + "  " + NAME + "\" | sha256sum -c -) && sudo sh \"$d/" + NAME + "\"";
    }

    /** The same for a device that shows a pairing code. */
    public String pairCommand() {
        return command() + " --pair";
    }
}
