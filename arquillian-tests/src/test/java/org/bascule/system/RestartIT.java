package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.net.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.SessionConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Parts that are killed come back, and nothing is lost. */
@ExtendWith(RunningSystem.class)
class RestartIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final TheSystem system = TheSystem.get();

    private boolean online() {
        return online(system.api("automation"));
    }

    private boolean online(Api api) {
        return api.getJson("/api/devices/" + system.device().uid())
                .getString("state")
                .equals("online");
    }

    @Test
    void aKilledAgentComesBackAndItsSessionIsEnded() throws Exception {
        String sid;
        try (NativeSession session =
                NativeSession.open(system, system.device().uid(), SessionConfig.DEFAULT, way -> way)) {
            sid = session.sid();
            session.terminal().type("echo x\n");
            system.demo().kill("device");
            system.demo().start("device");
            Eventually.within(LIMIT, "online again", this::online);
            // the client waits for the device, and hears from the access server that it began anew
            assertThat(session.awaitEnd(LIMIT).reason()).isEqualTo(EndReason.ENDED_BY_SERVER);
        }
        Eventually.within(LIMIT, "the session is ended in the log", () -> ended(sid));
        openAndUse();
    }

    /** What the tools of a device do meanwhile is in the log once, though its agent is killed as well (AUD-3). */
    @Test
    void aRestartOfTheAccessServerKeepsDevicesAndAudit(@TempDir Path here) throws Exception {
        try (LoggedTools tools = new LoggedTools(system, here)) {
            restarted(tools);
            tools.expectEachOnce();
        }
    }

    private void restarted(LoggedTools tools) throws Exception {
        String before = newest();
        // its token is from before: the realm gives none while the access server is away, and each refusal is in the
        // log
        Api api = system.api("automation");
        system.demo().kill("access-server");
        nobodySignsIn();
        tools.use();
        tools.killAgent();
        try (Knocking agents = new Knocking(
                system,
                "https://localhost:" + TheSystem.port("https") + "/api/installation",
                "http://localhost:" + TheSystem.port("http") + "/api/installation")) {
            system.demo().start("access-server");
            Eventually.within(Duration.ofMinutes(3), "the application answers and the device is back", () -> {
                try {
                    return online(api);
                } catch (AssertionError e) {
                    return false;
                }
            });
            assertThat(agents.answers())
                    .as("nobody is let in to be told that there is nothing yet")
                    .containsExactlyInAnyOrder(Knocking.REFUSED, "200");
        }
        assertThat(api.items("/api/audit?limit=200"))
                .anyMatch(row -> row.getString("id").equals(before));
        openAndUse();
    }

    /** Keycloak asks the access server before it checks anything (IDN-5). */
    private void nobodySignsIn() {
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            RealmPages realm = new RealmPages(page, system.realmUrl());
            assertThat(realm.open(Map.of()).status()).isEqualTo(503);
            assertThat(new SignInPages(page, system.url()).refusal()).contains("the access server does not answer");
            assertThat(realm.post(
                                    Proxy.NO_PROXY,
                                    "/protocol/openid-connect/token",
                                    Map.of(
                                            "grant_type", "refresh_token",
                                            "client_id", "bascule-cli",
                                            "refresh_token",
                                                    system.user("automation").apiToken()))
                            .status())
                    .isEqualTo(503);
        }
    }

    /** Id of the newest record. */
    private String newest() {
        return system.api("automation").items("/api/audit?limit=1").get(0).getString("id");
    }

    private boolean ended(String sid) {
        return system.api("automation").items("/api/audit?limit=200&code=session.end").stream()
                .anyMatch(row ->
                        !row.isNull("session") && row.getString("session").equals(sid));
    }

    private void openAndUse() {
        try (NativeSession session =
                NativeSession.open(system, system.device().uid(), SessionConfig.DEFAULT, way -> way)) {
            NativeSession.Terminal terminal = session.terminal();
            terminal.type("echo wo''rks\n");
            terminal.await("works");
        }
    }
}
