package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A relay is killed while a session runs through it. */
@ExtendWith(RunningSystem.class)
class FailoverIT {

    private static final int BYTES = 50 << 20;
    private static final Duration LIMIT = Duration.ofSeconds(120);

    private final TheSystem system = TheSystem.get();

    @Test
    void everyByteArrivesOnceThoughTheRelayIsKilled() throws Exception {
        String killed = "";
        try (EchoedStream stream = new EchoedStream(system, BYTES)) {
            stream.sendUpTo(BYTES);
            Eventually.within(LIMIT, "it runs", () -> stream.received() > BYTES / 5);
            killed = relay();
            system.demo().kill(killed);
            assertThat(stream.exitCode(LIMIT)).isZero();
            assertThat(stream.received()).isEqualTo(BYTES);
            assertThat(stream.echoed()).isEqualTo(stream.sent());
            Duration pause = stream.longestPause();
            System.out.printf(
                    "relay %s killed; SHA-256 both ways %s; longest pause %d ms%n",
                    killed, stream.sent(), pause.toMillis());
            assertThat(pause).as("3 s, and slack").isLessThan(Duration.ofSeconds(10));
        } finally {
            if (!killed.isEmpty()) {
                system.demo().start(killed);
            }
        }
    }

    /** What is typed while there is no relay arrives with the next one, and the session bar names that. */
    @Test
    void aTerminalInTheBrowserGoesOnThroughAnotherRelay() throws Exception {
        String killed = "";
        try (BrowserContext person = system.chromium().person()) {
            Page page = PageParts.signedIn(system, person, "engineer");
            BrowserTerminal terminal =
                    BrowserTerminal.open(page, system.url(), system.device().uid());
            terminal.awaitPrompt();
            killed = relay();
            system.demo().kill(killed);
            terminal.enter("echo go''es on");
            terminal.await("echo", screen -> screen.lines()
                    .anyMatch(line -> line.strip().equals("goes on")));
            String bar = page.locator(".session-bar").innerText();
            assertThat(bar).contains("End-to-end encrypted").doesNotContain(killed);
            terminal.end();
        } finally {
            if (!killed.isEmpty()) {
                system.demo().start(killed);
            }
        }
    }

    private String relay() {
        List<JsonObject> sessions = system.api("engineer").items("/api/sessions");
        assertThat(sessions).isNotEmpty();
        return sessions.get(0).getString("relay");
    }
}
