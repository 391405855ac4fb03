package org.bascule.system;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.bascule.system.PageParts.button;
import static org.bascule.system.PageParts.inDialog;
import static org.bascule.system.PageParts.signedIn;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The system's own relays with an operator's approval: what they forward stands in the connection log (REL-6), and the operator empties them under a running session (REL-4). */
@ExtendWith(RunningSystem.class)
class ApprovedRelaysIT {

    private static final String RELAYS = "/api/installation/relays";
    private static final List<String> OWN = List.of("relay-1", "relay-2");
    private static final int BYTES = 20 << 20;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** 3 s, and slack. */
    private static final Duration PAUSE = Duration.ofSeconds(5);
    /** Acknowledgements that were on their way when the session ended. */
    private static final long LAST = 1 << 16;

    private final TheSystem system = TheSystem.get();
    private final Api operator = system.api("automation");

    /** They have made themselves known when they started. */
    @BeforeEach
    void approve() {
        for (String id : OWN) {
            Eventually.within(
                    LIMIT, id + " is there", () -> !seen(id).getString("state").equals("configured"));
            Api.expect(
                    204,
                    operator.post(
                            RELAYS + "/" + id + "/approve", WalkThings.body("words", seen(id).getString("words"))));
        }
        Eventually.within(LIMIT, "both are used", () -> listed().containsAll(OWN));
    }

    /** As other tests find them: a relay hears that it is wanted again with its next heartbeat. */
    @AfterEach
    void forget() {
        OWN.forEach(id -> drain(id, false));
        Eventually.within(LIMIT, "both are used again", () -> listed().containsAll(OWN));
        for (String id : OWN) {
            Api.expect(204, operator.send("DELETE", RELAYS + "/" + id, HttpRequest.BodyPublishers.noBody()));
        }
    }

    private JsonObject seen(String id) {
        return operator.items(RELAYS).stream()
                .filter(relay -> relay.getString("id").equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** Those that new sessions may use. */
    private List<String> listed() {
        return operator.getJson("/api/relays").getJsonArray("relays").getValuesAs(JsonObject.class).stream()
                .map(relay -> relay.getString("id"))
                .toList();
    }

    private void drain(String id, boolean drain) {
        Api.expect(204, operator.put(RELAYS + "/" + id + "/drain", "{\"drain\":" + drain + "}"));
    }

    @Test
    void whatARelayForwardedStandsBesideWhatTheEndsSay() throws Exception {
        String sid;
        try (EchoedStream stream = new EchoedStream(system, BYTES)) {
            sid = begun(stream).sid();
            stream.sendUpTo(BYTES);
            ends(stream);
        }
        Eventually.within(LIMIT, "it has ended in the log", () -> !logged(sid).isNull("ended"));
        assertRelayed(sid, "relayedFromClient", "bytesIn");
        assertRelayed(sid, "relayedFromDevice", "bytesOut");
        JsonObject row = logged(sid);
        long millis = Duration.between(Instant.parse(row.getString("started")), Instant.parse(row.getString("ended")))
                .toMillis();
        // the ends meet after the session has begun, and the log hears of its end before the relay or after it
        assertThat(number(sid, "relayedMillis")).isBetween(1L, millis + 5_000);
    }

    /** Neither more nor less than both ends count, but for what is on its way at the end and what the transport adds. */
    private void assertRelayed(String sid, String relayed, String said) {
        long bytes = number(sid, said);
        assertThat(bytes).as(said).isGreaterThanOrEqualTo(BYTES);
        Eventually.within(LIMIT, "a relay has told all of " + relayed, () -> number(sid, relayed) >= bytes - LAST);
        System.out.printf("%s %d, %s %d%n", relayed, number(sid, relayed), said, bytes);
        assertThat(number(sid, relayed)).as(relayed).isLessThanOrEqualTo(bytes + bytes / 10);
    }

    private JsonObject logged(String sid) {
        return operator
                .items("/api/connections?limit=50&device=" + system.device().uid())
                .stream()
                .filter(row -> row.getString("sid").equals(sid))
                .findFirst()
                .orElseThrow();
    }

    /** 0 where there is none. */
    private long number(String sid, String name) {
        JsonObject row = logged(sid);
        return row.containsKey(name) && !row.isNull(name)
                ? row.getJsonNumber(name).longValue()
                : 0;
    }

    @Test
    void aSessionGoesOnElsewhereWhenItsRelayIsEmptiedAndComesBack() throws Exception {
        String sid;
        try (EchoedStream stream = new EchoedStream(system, 2L * BYTES)) {
            Carrier carrier = begun(stream);
            sid = carrier.sid();
            String first = carrier.relay();
            String other = OWN.get(0).equals(first) ? OWN.get(1) : OWN.get(0);

            movesOn(stream, carrier, first, other);
            assertThat(listed()).contains(other).doesNotContain(first);
            List<String> used = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                try (EchoedStream another = new EchoedStream(system, BYTES)) {
                    used.add(begun(another).relay());
                }
            }
            assertThat(used).as("relays of new sessions").containsOnly(other);

            drain(first, false);
            Eventually.within(LIMIT, first + " is taken back", () -> listed().contains(first));
            movesOn(stream, carrier, other, first);

            stream.sendUpTo(2L * BYTES);
            ends(stream);
        }
        Eventually.within(LIMIT, "the log names both relays", () -> relays(sid).containsAll(OWN));
    }

    /** What each says of itself comes with its heartbeats; how far it is, from the ends of the session. */
    @Test
    void theOperatorSeesHowRelaysAreAndEmptiesOneInThePage() throws Exception {
        try (BrowserContext person = PageParts.person(system, 1_200);
                EchoedStream stream = new EchoedStream(system, 2L * BYTES)) {
            Carrier carrier = begun(stream);
            String first = carrier.relay();
            Page page = signedIn(system, person, "automation");
            List<String> errors = Chromium.errorsOf(page);
            Eventually.within(
                    LIMIT, "it says that it has a session", () -> seen(first).getInt("sessions") > 0);
            PageParts.open(page, system.url() + "/relays");
            Locator card = card(page, first);
            assertThat(card).containsText("Approved");
            assertThat(card)
                    .containsText(Pattern.compile(
                            "[1-9][0-9]* of [0-9,]+ sessions, [0-9.]+ .?B per second, [0-9]+ % of its processors"));
            assertThat(card).containsText(Pattern.compile("Round trips *demo[0-9]+ ms \\([0-9]+ measured\\)"));
            for (String id : OWN) {
                assertThat(card(page, id)).containsText("Approved");
            }
            PageParts.expectUsable(page, "relays");
            page.screenshot(new Page.ScreenshotOptions().setFullPage(true).setPath(Path.of("target/relays-wide.png")));
            page.setViewportSize(PageParts.PHONE, 844);
            PageParts.expectUsable(page, "relays on a phone");
            page.screenshot(
                    new Page.ScreenshotOptions().setFullPage(true).setPath(Path.of("target/relays-narrow.png")));

            button(page, "Drain: " + first).click();
            inDialog(page, AriaRole.BUTTON, "Drain").click();
            page.getByText("The relay " + first + " is told so with its next heartbeat")
                    .waitFor();
            stream.trickleUntil(
                    CompletableFuture.runAsync(() -> assertThat(OWN).contains(carrier.awaitOtherThan(first, LIMIT))));
            assertThat(card.getByText("Draining: takes no new connections"))
                    .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(LIMIT.toMillis()));
            PageParts.expectUsable(page, "a relay that is being emptied");
            page.screenshot(
                    new Page.ScreenshotOptions().setFullPage(true).setPath(Path.of("target/relays-drained.png")));
            button(page, "Take back: " + first).click();
            assertThat(button(page, "Drain: " + first)).isVisible();
            assertThat(errors).isEmpty();
            stream.finish();
            ends(stream);
        }
    }

    private static Locator card(Page page, String id) {
        return page.getByRole(
                AriaRole.REGION,
                new Page.GetByRoleOptions().setName("Relay " + id).setExact(true));
    }

    private List<String> relays(String sid) {
        return logged(sid).getJsonArray("relays").getValuesAs(JsonString.class).stream()
                .map(JsonString::getString)
                .toList();
    }

    /** A relay is emptied while the stream runs. */
    private void movesOn(EchoedStream stream, Carrier carrier, String from, String to) throws Exception {
        drain(from, true);
        stream.trickleUntil(CompletableFuture.runAsync(
                () -> assertThat(carrier.awaitOtherThan(from, LIMIT)).isEqualTo(to)));
        Eventually.within(LIMIT, "all that was sent comes back", () -> stream.received() >= stream.allowed());
        Duration pause = stream.longestPause();
        System.out.printf("%s emptied by the operator; longest pause %d ms%n", from, pause.toMillis());
        assertThat(pause).isLessThan(PAUSE);
    }

    /** The session runs: something came back. */
    private Carrier begun(EchoedStream stream) {
        stream.sendUpTo(1 << 16);
        Eventually.within(LIMIT, "it runs", () -> stream.received() >= stream.allowed());
        var unused = stream.longestPause();
        return Carrier.ofNewest(system);
    }

    /** In order, every byte there once. */
    private static void ends(EchoedStream stream) throws Exception {
        assertThat(stream.exitCode(LIMIT)).as(stream.error()).isZero();
        assertThat(stream.received()).isEqualTo(stream.allowed());
        assertThat(stream.echoed()).isEqualTo(stream.sent());
    }
}
