package org.bascule.agent.page;

import jakarta.json.JsonObject;
import java.util.List;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * {@code local-page.json}: {@code {"enabled":true,"port":5936}}.
 *
 * @param port on loopback, above 1,023
 */
public record PageConfig(boolean enabled, int port) {

    public static final String FILE = "local-page.json";
    public static final int DEFAULT_PORT = 5936;
    public static final int MIN_PORT = 1_024;
    public static final int MAX_PORT = 65_535;
    /** Without the file. */
    public static final PageConfig DEFAULT = new PageConfig(true, DEFAULT_PORT);

    /** A file that cannot be understood is an error: it may say that the page is not wanted. */
    public static PageConfig load(StateFolder folder) throws StateException {
        String text = folder.readText(FILE).orElse("");
        if (text.isEmpty() && !folder.has(FILE)) {
            return DEFAULT;
        }
        try {
            return parse(StrictJson.parse(text, 1_024));
        } catch (WireException e) {
            throw new StateException(
                    "The file " + folder.path().resolve(FILE) + " is wrong: " + e.getMessage() + ".", e);
        }
    }

    public static PageConfig parse(StrictJson json) throws WireException {
        for (String member : json.object().keySet()) {
            if (!List.of("enabled", "port").contains(member)) {
                throw WireException.malformed("there is no setting '" + member + "'");
            }
        }
        return new PageConfig(
                !json.has("enabled") || json.optionalFlag("enabled"),
                json.optionalNumber("port", MIN_PORT, MAX_PORT)
                        .map(Long::intValue)
                        .orElse(DEFAULT_PORT));
    }

    public JsonObject toJson() {
        return Json.createObjectBuilder()
                .add("enabled", enabled)
                .add("port", port)
                .build();
    }

    public void save(StateFolder folder) throws StateException {
        folder.write(FILE, toJson().toString());
    }

    /** Where a browser finds it. */
    public String url() {
        return "http://127.0.0.1:" + port + "/";
    }
}
