package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bascule.session.record.NullRecordCodec;
import org.bascule.session.stream.SessionConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What is typed and printed in a terminal is nowhere in what relays and access server receive or send, seen after TLS. The same search finds it when both ends
 * use a codec without protection, so it would have found it.
 */
@ExtendWith(RunningSystem.class)
class SecrecyIT {

    private final TheSystem system = TheSystem.get();

    private static String marker() {
        return "marker" + UUID.randomUUID().toString().replace("-", "");
    }

    @Test
    void aMarkerInABrowsersTerminalIsNowhereOnTheWay() throws Exception {
        String marker = marker();
        // every connection begins while it is recorded, the agent's control channel too
        system.taps().forEach(Tap::record);
        system.demo().restart("device");
        Eventually.within(Duration.ofSeconds(30), "device online", this::deviceOnline);
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            new SignInPages(page, system.url())
                    .signIn(system.domain(), "engineer", system.user("engineer").password());
            BrowserTerminal terminal =
                    BrowserTerminal.open(page, system.url(), system.device().uid());
            terminal.awaitPrompt();
            terminal.enter("clear; echo " + marker + " | tee /dev/null");
            terminal.await("marker", screen -> screen.lines()
                    .anyMatch(line -> line.strip().equals(marker)));
        }
        assertThat(relayed()).as("bytes through the relays").isGreaterThan(5_000);
        assertThat(found(marker)).isEmpty();
        // the search sees what goes through every kind of connection: of this session, its number
        String sid = system
                .api("automation")
                .items("/api/devices/" + system.device().uid() + "/sessions")
                .stream()
                .findFirst()
                .orElseThrow()
                .getString("sid");
        assertThat(found(sid)).contains("http", "https").anyMatch(tap -> tap.startsWith("relay-"));
    }

    @Test
    void theSameSearchFindsTheMarkerWithoutProtection() {
        String marker = marker();
        Path folder = system.folder("unprotected");
        String name = "unprotected-" + marker.substring(30);
        Program.Result result = system.enrol(
                folder,
                system.api("automation").enrolmentToken(1, 600),
                name,
                "--account",
                system.api("automation")
                        .getJson("/api/devices/" + system.device().uid())
                        .getString("account"));
        assertThat(result.exit()).as(result.error()).isZero();
        String uid = system.api("automation")
                .items("/api/devices?limit=200&q=" + name)
                .get(0)
                .getString("uid");
        String account = system.api("automation")
                .getJson("/api/devices/" + system.device().uid())
                .getString("account");
        Api.expect(
                200,
                system.api("automation")
                        .patch(
                                "/api/devices/" + uid,
                                "{\"account\":\"" + account + "\"}",
                                "If-Match",
                                system.api("automation")
                                        .get("/api/devices/" + uid)
                                        .headers()
                                        .firstValue("etag")
                                        .orElseThrow()));
        system.taps().forEach(Tap::record);
        try (Program agent = Program.start(
                Map.of(),
                List.of(java(), "-cp", testClassPath(), UnprotectedAgent.class.getName(), folder.toString()))) {
            Eventually.within(Duration.ofSeconds(30), "device online", () -> system.api("automation")
                    .getJson("/api/devices/" + uid)
                    .getString("state")
                    .equals("online"));
            try (NativeSession session = NativeSession.open(
                    system, uid, SessionConfig.DEFAULT.withCodecs(NullRecordCodec.INSECURE), way -> way)) {
                NativeSession.Terminal terminal = session.terminal();
                terminal.type("echo " + marker + "\n");
                terminal.await(marker);
            }
            assertThat(agent.handle().isAlive()).isTrue();
        }
        assertThat(found(marker)).isNotEmpty().allSatisfy(tap -> assertThat(tap).startsWith("relay-"));
    }

    private boolean deviceOnline() {
        return system.api("automation")
                .getJson("/api/devices/" + system.device().uid())
                .getString("state")
                .equals("online");
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static String testClassPath() {
        String reported = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Stream.of(reported.split(File.pathSeparator)).collect(Collectors.joining(File.pathSeparator));
    }

    private long relayed() {
        long bytes = 0;
        for (Tap tap : system.taps()) {
            if (tap.name().startsWith("relay-")) {
                for (Tap.Line line : tap.recorded()) {
                    bytes += line.toServer().length;
                }
            }
        }
        return bytes;
    }

    /** Names of the taps that saw the text, in any of the forms it could have on the way. */
    private List<String> found(String marker) {
        List<String> where = new ArrayList<>();
        for (Tap tap : system.taps()) {
            for (Tap.Line line : tap.recorded()) {
                Stream.of(
                                line.toServer(),
                                line.toClient(),
                                WebSocketPayloads.unmasked(line.toServer(), true),
                                WebSocketPayloads.unmasked(line.toServer(), false))
                        .filter(bytes -> contains(bytes, marker))
                        .findFirst()
                        .ifPresent(bytes -> where.add(tap.name()));
            }
        }
        return where;
    }

    private static boolean contains(byte[] bytes, String marker) {
        return new String(bytes, StandardCharsets.ISO_8859_1).contains(marker);
    }
}
