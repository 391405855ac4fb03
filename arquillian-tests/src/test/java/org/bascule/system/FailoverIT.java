package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Parts of the way are taken from a running session, and its streams go on exactly (REL-4, {@code docs/protocol/session.md}, "Resuming"). */
@ExtendWith(RunningSystem.class)
class FailoverIT {

    private static final int BYTES = 50 << 20;
    private static final int KILLS = 3;
    private static final Duration LIMIT = Duration.ofSeconds(120);
    /** How {@code bascule} exits when its session was interrupted. */
    private static final int LOST = 7;
    /** 3 s, which {@link FailoverBench} holds it to, and slack for a machine that the whole system shares. */
    private static final Duration PAUSE = Duration.ofSeconds(5);
    /** At most between two attempts at a relay. */
    private static final Duration BACK_OFF = Duration.ofSeconds(12);
    /** Longer than the 5 s in which an end that is silent is given up, and than the 10 s in which a relay gives up a receiver. */
    private static final Duration SUSPENSION = Duration.ofSeconds(15);
    /** Longer than the 5 s alone, and what passes until the end has something to send and looks: there is too little to send for a relay to give up the receiver. */
    private static final Duration NAP = Duration.ofSeconds(10);

    private final TheSystem system = TheSystem.get();
    private final Outages outages = new Outages(system);

    @AfterEach
    void everythingIsBack() throws Exception {
        outages.close();
    }

    /** Whichever carries it, at some moment of each part. */
    @Test
    void everyByteArrivesOnceThoughRelaysAreKilled() throws Exception {
        Random random = new Random(3);
        int part = BYTES / KILLS;
        try (EchoedStream stream = new EchoedStream(system, BYTES)) {
            Carrier carrier = begun(stream);
            for (int i = 0; i < KILLS; i++) {
                long begin = stream.received();
                String killed = carrier.relay();
                stream.sendUpTo(i == KILLS - 1 ? BYTES : begin + part);
                long moment = begin + random.nextInt(1, part / 2);
                Eventually.within(LIMIT, "it runs", () -> stream.received() >= moment);
                var unused = stream.longestPause();
                outages.kill(killed);
                awaitAll(stream);
                pause("relay " + killed + " killed", stream);
                assertThat(carrier.awaitOtherThan(killed, LIMIT)).isNotEqualTo(killed);
                if (i < KILLS - 1) {
                    outages.start(killed);
                }
            }
            ends(stream, BYTES);
        }
    }

    /** Both ends wait for as long as they are told, and say at the end what came of each relay; {@link FailoverBench} has the 120 s. */
    @Test
    void endsWithAReasonAtBothEndsWhenNothingComesBack() throws Exception {
        try (EnrolledDevice device = EnrolledDevice.start(
                        system,
                        "forsaken",
                        folder -> Program.start(
                                Map.of("JAVA_TOOL_OPTIONS", waits(4)),
                                system.agentJar(),
                                "run",
                                "--dir",
                                folder.toString()));
                EchoedStream stream = new EchoedStream(
                        system, BYTES, List.of("env", "JAVA_TOOL_OPTIONS=" + waits(7)), device.uid())) {
            stream.sendUpTo(1 << 16);
            awaitAll(stream);
            String sid = Carrier.ofNewest(system).sid();
            List<String> relays = List.of("relay-1", "relay-2");
            for (String relay : relays) {
                outages.kill(relay);
            }
            assertThat(stream.exitCode(LIMIT)).as(stream.error()).isEqualTo(LOST);
            assertThat(stream.error()).contains("the connection was lost: no way to the other end for 7 s (");
            Api api = system.api("automation");
            Eventually.within(
                    LIMIT, "the device has told of it", () -> !told(api, sid).isEmpty());
            assertThat(told(api, sid)).hasSize(1);
            String atDevice = told(api, sid).get(0);
            assertThat(atDevice).contains("interrupted", "no way to the other end for 4 s (");
            for (String relay : relays) {
                assertThat(stream.error()).contains(relay + ": ");
                assertThat(atDevice).contains(relay + ": ");
            }
            assertThat(rows(api, device.uid(), sid))
                    .extracting(row -> row.getString("endReason"))
                    .containsExactly("interrupted");
        }
    }

    private static String waits(int seconds) {
        return "-Dbascule.session.resume-within=" + seconds;
    }

    /** What a device said about the end of a session. */
    private static List<String> told(Api api, String sid) {
        return api.items("/api/audit?limit=200&code=device.report").stream()
                .filter(event -> event.toString().contains(sid))
                .map(event -> event.getString("detail"))
                .filter(detail -> detail.startsWith("session-ended"))
                .toList();
    }

    /** A relay that is stopped in order says so to both ends (4004). */
    @Test
    void everyByteArrivesOnceThoughTheRelayIsDrained() throws Exception {
        try (EchoedStream stream = new EchoedStream(system, BYTES)) {
            Carrier carrier = begun(stream);
            String drained = carrier.relay();
            stream.trickleUntil(background(() -> outages.stop(drained)));
            assertThat(carrier.awaitOtherThan(drained, LIMIT)).isNotEqualTo(drained);
            stream.sendUpTo(BYTES);
            ends(stream, BYTES);
            pause("relay " + drained + " drained", stream);
        }
    }

    /** The access server is needed for none of it, and has the whole session in its log when it is back. */
    @Test
    void aStreamGoesOnWithoutTheAccessServer() throws Exception {
        Api api = system.api("automation");
        try (EchoedStream stream = new EchoedStream(system, 4L * BYTES)) {
            Carrier carrier = begun(stream);
            String first = carrier.relay();
            stream.trickleUntil(background(() -> outages.kill("access-server")));
            stream.trickleFor(Duration.ofSeconds(3));
            pause("access server killed", stream);

            outages.kill(first);
            goesOn(stream);
            String second = carrier.relay();
            assertThat(second).isNotEqualTo(first);
            pause("relay " + first + " killed, no access server", stream);

            // the last one, and one comes back: a relay that starts has nobody to ask either
            outages.kill(second);
            stream.sendUpTo(stream.allowed() + BYTES / 50);
            long begun = System.nanoTime();
            outages.start(first);
            Duration start = Duration.ofNanos(System.nanoTime() - begun);
            goesOn(stream);
            assertThat(carrier.relay()).isEqualTo(first);
            Duration pause = stream.longestPause();
            System.out.printf(
                    "relay %s killed, no access server, %s started in %d ms; longest pause %d ms%n",
                    second, first, start.toMillis(), pause.toMillis());
            assertThat(pause).isLessThan(start.plus(PAUSE).plus(BACK_OFF));

            stream.trickleUntil(background(() -> {
                outages.start("access-server");
                Eventually.within(Duration.ofMinutes(3), "the device is back", () -> online(api));
            }));
            stream.trickleFor(Duration.ofSeconds(2));
            pause("access server started", stream);
            ends(stream, stream.finish());
            assertLogged(carrier.sid(), stream.received());
        }
    }

    private static void goesOn(EchoedStream stream) throws Exception {
        long before = stream.received();
        stream.trickleUntil(background(
                () -> Eventually.within(LIMIT, "it goes on", () -> stream.received() > before + BYTES / 50)));
    }

    /** Longer than its peer waits for it on a transport, shorter than a session lives without one. */
    @Test
    void eitherEndIsSuspended() throws Exception {
        try (EchoedStream stream = new EchoedStream(system, BYTES)) {
            begun(stream);
            long device = system.demo().pid("device").orElseThrow();
            stream.sendUpTo(BYTES / 2);
            suspend(SUSPENSION, List.of(device));
            awaitAll(stream);
            Duration first = stream.longestPause();
            stream.sendUpTo(BYTES);
            suspend(SUSPENSION, List.of(stream.pid()));
            ends(stream, BYTES);
            System.out.printf(
                    "device, then client suspended for %d ms; longest pauses %d ms, %d ms%n",
                    SUSPENSION.toMillis(),
                    first.toMillis(),
                    stream.longestPause().toMillis());
        }
    }

    private static void suspend(Duration time, List<Long> processes) throws Exception {
        try {
            Outages.signal("STOP", processes);
            Thread.sleep(time.toMillis());
        } finally {
            Outages.signal("CONT", processes);
        }
    }

    /**
     * Twice. First as on a laptop that is closed for a while: every process of the browser stands still, and what the device printed meanwhile is there once it is opened, once each. Then the relay is killed: what is
     * typed while there is none arrives with the next one, and the session bar names that.
     */
    @Test
    void aTerminalInTheBrowserGoesOnThroughAnotherRelay() throws Exception {
        try (BrowserContext person = system.chromium().person()) {
            Page page = PageParts.signedIn(system, person, "engineer");
            BrowserTerminal terminal =
                    BrowserTerminal.open(page, system.url(), system.device().uid());
            terminal.awaitPrompt();
            Carrier carrier = Carrier.ofNewest(system);
            String given = carrier.relay();
            terminal.enter("clear; for i in $(seq 14); do echo line-$i; sleep 0.8; done; echo all-pri''nted");
            terminal.await("the first line", screen -> screen.contains("line-1\n"));
            suspend(NAP, Chromium.processes());
            String printed = terminal.await("the last line", screen -> screen.contains("all-printed"));
            assertThat(printed.lines().map(String::strip).filter(line -> line.matches("line-[0-9]+")))
                    .containsExactlyElementsOf(IntStream.rangeClosed(1, 14)
                            .mapToObj(i -> "line-" + i)
                            .toList());

            String killed = carrier.awaitOtherThan(given, LIMIT);
            outages.kill(killed);
            terminal.enter("echo go''es on");
            terminal.await("echo", screen -> screen.lines()
                    .anyMatch(line -> line.strip().equals("goes on")));
            String bar = page.locator(".session-bar").innerText();
            assertThat(bar).contains("End-to-end encrypted").doesNotContain(killed);
            terminal.end();
        }
    }

    // ---- what they have in common

    /** The session runs: something came back. */
    private Carrier begun(EchoedStream stream) {
        stream.sendUpTo(BYTES / 50);
        awaitAll(stream);
        var unused = stream.longestPause();
        return Carrier.ofNewest(system);
    }

    private static void awaitAll(EchoedStream stream) {
        Eventually.within(LIMIT, "all that was sent comes back", () -> stream.received() >= stream.allowed());
    }

    /** In order, every byte there once. */
    private static void ends(EchoedStream stream, long bytes) throws Exception {
        assertThat(stream.exitCode(LIMIT)).as(stream.error()).isZero();
        assertThat(stream.received()).isEqualTo(bytes);
        assertThat(stream.echoed()).isEqualTo(stream.sent());
    }

    private static void pause(String what, EchoedStream stream) {
        Duration pause = stream.longestPause();
        System.out.printf("%s; longest pause %d ms%n", what, pause.toMillis());
        assertThat(pause).as(what).isLessThan(PAUSE);
    }

    private boolean online(Api api) {
        try {
            return api.getJson("/api/devices/" + system.device().uid())
                    .getString("state")
                    .equals("online");
        } catch (AssertionError e) {
            return false;
        }
    }

    /** One row, which has ended, with what went each way and the few percent that protect it. */
    private void assertLogged(String sid, long bytes) {
        Api api = system.api("automation");
        Eventually.within(LIMIT, "the session has ended in the log", () -> rows(api, sid).stream()
                .allMatch(row -> !row.isNull("ended")));
        List<JsonObject> rows = rows(api, sid);
        assertThat(rows).hasSize(1);
        JsonObject row = rows.get(0);
        assertThat(row.getString("endReason")).isEqualTo("done");
        for (String direction : List.of("bytesIn", "bytesOut")) {
            assertThat(row.getJsonNumber(direction).longValue())
                    .as(direction)
                    .isBetween(bytes, bytes + bytes / 10 + (1 << 20));
        }
        assertThat(api.items("/api/audit?limit=200&code=session.end"))
                .filteredOn(event -> event.toString().contains(sid))
                .hasSize(1);
    }

    private List<JsonObject> rows(Api api, String sid) {
        return rows(api, system.device().uid(), sid);
    }

    private static List<JsonObject> rows(Api api, String device, String sid) {
        return api.items("/api/connections?limit=50&device=" + device).stream()
                .filter(row -> row.getString("sid").equals(sid))
                .toList();
    }

    /** Work that throws what it likes. */
    private interface Work {
        void run() throws Exception;
    }

    private static CompletableFuture<Void> background(Work work) {
        return CompletableFuture.runAsync(() -> {
            try {
                work.run();
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        });
    }
}
