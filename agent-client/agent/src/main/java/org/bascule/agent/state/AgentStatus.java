package org.bascule.agent.state;

import java.time.Instant;
import java.util.Optional;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * What a running agent leaves in its folder for {@code bascule-agent status}.
 *
 * @param state {@code connecting}, {@code online} or {@code refused}
 * @param since when it became that
 * @param detail why it is not online, or empty
 */
public record AgentStatus(long pid, String state, Instant since, String detail) {

    public static final String CONNECTING = "connecting";
    public static final String ONLINE = "online";
    /** Only a person can change it: the device is revoked, removed, in quarantine or on another machine. */
    public static final String REFUSED = "refused";

    private static final String FILE = "status.json";
    private static final int MAX_DETAIL = 500;

    public void save(StateFolder folder) throws StateException {
        folder.write(
                FILE,
                Json.createObjectBuilder()
                        .add("pid", pid)
                        .add("state", state)
                        .add("since", since.toString())
                        .add("detail", detail.length() > MAX_DETAIL ? detail.substring(0, MAX_DETAIL) : detail)
                        .build()
                        .toString());
    }

    /** Empty if no agent ran yet, or the file cannot be understood. */
    public static Optional<AgentStatus> load(StateFolder folder) throws StateException {
        Optional<String> text = folder.readText(FILE);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            StrictJson json = StrictJson.parse(text.get(), 4_096);
            return Optional.of(new AgentStatus(
                    json.number("pid", 1, Long.MAX_VALUE),
                    json.string("state", 32),
                    Instant.parse(json.string("since", 40)),
                    json.text("detail", MAX_DETAIL)));
        } catch (WireException | java.time.DateTimeException e) {
            return Optional.empty();
        }
    }
}
