package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import jakarta.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.SessionConfig;
import org.bascule.session.stream.SessionEnd;
import org.bascule.session.trust.MemoryTrustStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may not, does not: at the API, in the page, and in the audit log. */
@ExtendWith(RunningSystem.class)
class PermissionIT {

    private static final Duration REACHES_SESSIONS = Duration.ofSeconds(5);

    @SuppressWarnings("NullAway.Init")
    private static Leaver leaver;

    private final TheSystem system = TheSystem.get();

    @BeforeAll
    static void somebodyWithADevice() {
        leaver = Leaver.in(TheSystem.get());
    }

    @AfterAll
    static void theDeviceGoes() {
        leaver.close();
    }

    /** More than a minute: whoever was refused too often within one, as by tests before this, has his refusals counted until it is over. */
    private static final Duration RECORDED_AGAIN = Duration.ofSeconds(75);

    @Test
    void withoutTerminalTheServerRefusesAndRecordsIt() {
        String uid = system.device().uid();
        Eventually.within(
                RECORDED_AGAIN, "the refusal is recorded", () -> {
                    HttpResponse<String> answer = system.api("viewer")
                            .post("/api/sessions", "{\"device\":\"" + uid + "\",\"operations\":[\"terminal\"]}");
                    assertThat(answer.statusCode()).isEqualTo(403);
                    JsonObject problem = Api.json(answer);
                    assertThat(problem.getString("type")).isEqualTo("urn:bascule:problem:forbidden");
                    assertThat(problem.getString("reference")).isNotBlank();
                    boolean recorded = system
                            .api("automation")
                            .items("/api/audit?code=access&outcome=denied&limit=50&device=" + uid)
                            .stream()
                            .anyMatch(row ->
                                    row.getJsonObject("user").getString("name").equals("viewer")
                                            && row.getString("detail").contains("terminal"));
                    if (!recorded) {
                        // each attempt is a refusal more
                        LockSupport.parkNanos(Duration.ofSeconds(3).toNanos());
                    }
                    return recorded;
                });
    }

    @Test
    void theViewersPageOffersNoTerminal() {
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            new SignInPages(page, system.url())
                    .signIn(system.domain(), "viewer", system.user("viewer").password());
            page.getByRole(
                            AriaRole.LINK,
                            new Page.GetByRoleOptions().setName(system.device().name()))
                    .first()
                    .waitFor();
            assertThat(page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Terminal"))
                                    .count()
                            + page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Terminal"))
                                    .count())
                    .isZero();
        }
    }

    @Test
    void theViewerMayNotAdminister() {
        Api viewer = system.api("viewer");
        String folder = viewer.rootFolder();
        assertThat(viewer.post("/api/folders", "{\"name\":\"x\",\"parent\":\"" + folder + "\"}")
                        .statusCode())
                .isEqualTo(403);
        assertThat(viewer.post("/api/enrolment-tokens", "{\"folder\":\"" + folder + "\",\"expiresIn\":60,\"uses\":1}")
                        .statusCode())
                .isEqualTo(403);
        assertThat(viewer.get("/api/audit").statusCode()).isEqualTo(403);
        String uid = system.device().uid();
        assertThat(viewer.patch("/api/devices/" + uid, "{\"name\":\"x\"}", "If-Match", "\"1\"")
                        .statusCode())
                .isEqualTo(403);
        assertThat(viewer.send(
                                "DELETE",
                                "/api/devices/" + uid,
                                HttpRequest.BodyPublishers.noBody(),
                                "If-Match",
                                "\"1\"")
                        .statusCode())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @EnumSource(Leaver.Way.class)
    void takingAwayTheRightsEndsARunningSessionWithinFiveSecondsAndSaysWhy(Leaver.Way way) {
        Api user = leaver.signedIn();
        Runnable giveBack = () -> {};
        try (NativeSession session = NativeSession.open(
                system, user, leaver.uid(), SessionConfig.DEFAULT, UnaryOperator.identity(), new MemoryTrustStore())) {
            NativeSession.Terminal terminal = session.terminal();
            terminal.type("echo still-$((20+22))\n");
            terminal.await("still-42");
            giveBack = leaver.lose(way);
            SessionEnd end = session.awaitEnd(REACHES_SESSIONS);
            assertThat(end.reason()).isEqualTo(EndReason.ENDED_BY_SERVER);
            assertThat(end.byPeer()).isTrue();
            assertThat(terminal.over).isDone();
            assertThat(system.api("automation").items("/api/connections?device=" + leaver.uid()))
                    .filteredOn(it -> it.getString("sid").equals(session.sid()))
                    .singleElement()
                    .satisfies(it -> assertThat(it.getString("endReason")).isEqualTo(way.endReason()));
            assertThat(user.post("/api/sessions", "{\"device\":\"" + leaver.uid() + "\",\"operations\":[\"terminal\"]}")
                            .statusCode())
                    .isIn(401, 403, 404);
        } finally {
            giveBack.run();
        }
    }

    @Test
    void whatDoesNotExistAndWhatIsForeignAnswerAlike() {
        HttpResponse<String> unknown = system.otherApi().get("/api/devices/01990000-0000-7000-8000-000000000000");
        HttpResponse<String> foreign =
                system.otherApi().get("/api/devices/" + system.device().uid());
        assertThat(foreign.statusCode()).isEqualTo(unknown.statusCode()).isEqualTo(404);
        assertThat(Api.json(foreign).getString("detail"))
                .isEqualTo(Api.json(unknown).getString("detail"));
    }
}
