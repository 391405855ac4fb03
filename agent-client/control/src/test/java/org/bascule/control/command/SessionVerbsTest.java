package org.bascule.control.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.bascule.control.ExitCode;
import org.bascule.control.FakeDirectory;
import org.bascule.control.FakeServer;
import org.bascule.control.TestUser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionVerbsTest {

    private static final String SID = "0123456789abcdef0123456789abcdef";
    private static final String FOLDER = "01900000-0000-7000-8000-000000000001";
    private static final String PRESS = "01900000-0000-7000-8000-000000000002";
    private static final String ANN = "01900000-0000-7000-8000-000000000003";

    private FakeServer server;
    private TestUser user;

    @BeforeEach
    void start(@TempDir Path home) throws IOException {
        server = new FakeServer();
        user = new TestUser(home);
        user.environment.put("BASCULE_URL", server.url());
        user.environment.put("BASCULE_TOKEN", "bat1.secret");
        new FakeDirectory(server)
                .folder(FOLDER, "", "Plant")
                .device(PRESS, FOLDER, "press")
                .user(ANN, FOLDER, "ann");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void run(String... line) {
        assertThat(user.run(line)).as(user.err()).isZero();
    }

    private static String session(String more) {
        return "{\"items\":[{\"sid\":\"" + SID + "\",\"device\":{\"uid\":\"" + PRESS
                + "\",\"name\":\"press\"},\"user\":{\"id\":\"" + ANN + "\",\"name\":\"ann\"},\"operations\":[\"exec\"]"
                + more + "}],\"next\":null}";
    }

    @Test
    void sessionsAreListedAndEnded() {
        server.on("GET /api/sessions", 200, session(""));
        server.on("POST /api/sessions/" + SID + "/end", 204, "");
        run("session", "list");
        assertThat(user.out()).contains("press   ann   exec").contains(SID);
        assertThat(user.run("session", "end", SID)).isEqualTo(ExitCode.NOT_CONFIRMED.code());
        run("session", "end", SID, "--yes", "--comment", "done");
        assertThat(server.to("/api/sessions/" + SID + "/end"))
                .extracting(FakeServer.Request::body)
                .containsExactly("{\"reason\":\"ended\",\"comment\":\"done\"}");
    }

    @Test
    void theConnectionLogIsNarrowedAndTellsRelayAndBytes() {
        server.on(
                "GET /api/connections",
                200,
                session(
                        ",\"started\":\"2026-01-02T03:04:05Z\",\"ended\":\"2026-01-02T03:05:05Z\",\"relay\":\"r1\",\"bytesIn\":10,\"bytesOut\":20"));
        run("session", "list", "--ended", "--from", "2026-01-01T00:00:00+01:00", "--to", "+1d", "--user", "ann");
        assertThat(user.out())
                .isEqualTo(
                        """
                        DEVICE  USER  OPERATIONS  STARTED               ENDED                 RELAY  BYTES IN  BYTES OUT  SID
                        press   ann   exec        2026-01-02T03:04:05Z  2026-01-02T03:05:05Z  r1     10        20         %s
                        """
                                .formatted(SID));
        run("session", "list", "--ended", "--device", "/Plant/press", "--most", "7", "belt & pulley");
        assertThat(server.to("/api/connections"))
                .extracting(FakeServer.Request::query)
                .containsExactly(
                        "from=2025-12-31T23%3A00%3A00Z&to=2026-01-03T12%3A00%3A00Z&user=" + ANN + "&limit=200",
                        "q=belt%20%26%20pulley&device=" + PRESS + "&limit=7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--from=2026-01-01T00:00:00Z", "--to=+1d", "--user=ann", "--device=press", "belt"})
    void runningSessionsAreNotNarrowed(String filter) {
        server.on("GET /api/sessions", 200, session(""));
        assertThat(user.run("session", "list", filter)).isEqualTo(ExitCode.USAGE.code());
        assertThat(user.err()).contains("--ended");
    }
}
