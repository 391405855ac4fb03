package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.bascule.agent.state.AgentStatus;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Enrolment, presence and clones with real agent processes (DEV-1, -2, -4). */
@ExtendWith(RunningSystem.class)
class DeviceIT {

    private static final Duration LIMIT = Duration.ofSeconds(40);

    /** From the start of the process. */
    private static final Duration ONLINE = Duration.ofSeconds(2);

    /** What a machine may need longer that runs the servers and the browser of the tests too. */
    private static final Duration BUSY = Duration.ofSeconds(2);

    /** How long a channel has to answer when another one of the same device comes. */
    private static final Duration PROBE = Duration.ofSeconds(5);

    /** After this a channel would be given up without being asked. */
    private static final Duration SILENCE = Duration.ofSeconds(20);

    private final TheSystem system = TheSystem.get();

    private Program run(Path folder) {
        return Program.start(java.util.Map.of(), system.agentJar(), "run", "--dir", folder.toString());
    }

    private JsonObject device(String name) {
        return system.api("automation").items("/api/devices?limit=200&q=" + name).stream()
                .filter(it -> it.getString("name").equals(name))
                .findFirst()
                .orElseThrow();
    }

    private JsonObject detail(String name) {
        return system.api("automation").getJson("/api/devices/" + device(name).getString("uid"));
    }

    private String state(String name) {
        return device(name).getString("state");
    }

    @Test
    void aTokenEnrolsExactlyAsManyDevicesAsItSaysEvenWhenRaced() throws Exception {
        String token = system.api("automation").enrolmentToken(2, 600);
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Program.Result>> attempts = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Path folder = system.folder("raced-" + i);
                attempts.add(() -> system.enrol(folder, token, "raced-" + folder.getFileName()));
            }
            int enrolled = 0;
            for (Future<Program.Result> attempt : pool.invokeAll(attempts)) {
                Program.Result result = attempt.get();
                if (result.exit() == 0) {
                    enrolled++;
                } else {
                    assertThat(result.error()).containsIgnoringCase("used").doesNotContain("\tat ");
                }
            }
            assertThat(enrolled).isEqualTo(2);
        } finally {
            pool.shutdownNow();
        }
        assertThat(system.api("automation").items("/api/audit?limit=200&code=device.enrol&outcome=denied"))
                .isNotEmpty();
    }

    @Test
    void aWrongTokenIsToldAndLeavesNothingBehind() throws IOException {
        Path folder = system.folder("wrong-token");
        String token = system.api("automation").enrolmentToken(1, 600);
        char last = token.charAt(40) == 'A' ? 'B' : 'A';
        Program.Result wrong = system.enrol(folder, token.substring(0, 40) + last + token.substring(41), "wrong");
        assertThat(wrong.exit()).isNotZero();
        assertThat(wrong.error()).isNotBlank().doesNotContain("\tat ").doesNotContain(token.substring(10, 40));
        assertThat(system.enrol(folder, "not-a-token", "wrong").exit()).isNotZero();
        // the right one still works in the same folder
        Program.Result right = system.enrol(folder, token, "wrong-then-right");
        assertThat(right.exit()).as(right.error()).isZero();
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .as(file.toString())
                        .isEqualTo("rw-------");
            }
        }
    }

    @Test
    void aDeviceIsOnlineWithin2sOfItsStartAndOfflineWithin30sOfAPulledCable() {
        String name = "presence-" + Long.toString(System.nanoTime(), 36);
        Path folder = system.folder("presence");
        assertThat(system.enrol(folder, system.api("automation").enrolmentToken(1, 600), name)
                        .exit())
                .isZero();
        assertThat(state(name)).isEqualTo("offline");
        try (Program agent = run(folder)) {
            Duration online = Eventually.within(
                    Duration.ofSeconds(20), "online", () -> state(name).equals("online"));
            System.out.println("online after start: " + online.toMillis() + " ms");
            assertThat(online).isLessThan(ONLINE.plus(BUSY));
            Eventually.within(LIMIT, "an inventory", () -> !detail(name).isNull("inventory"));
            JsonObject inventory = detail(name).getJsonObject("inventory");
            assertThat(inventory.getJsonObject("os").getString("name")).isNotBlank();
            assertThat(inventory.getJsonObject("cpu").getString("name")).isNotBlank();
            assertThat(inventory.getJsonObject("cpu").getInt("threads")).isPositive();
            assertThat(inventory.getJsonNumber("memory").longValue()).isGreaterThan(1L << 28);
            // nothing passes any more, and no connection is closed
            system.tap("https").freeze(true);
            try {
                Duration offline = Eventually.within(
                        Duration.ofSeconds(30), "offline", () -> state(name).equals("offline"));
                System.out.println("offline after silence: " + offline.toMillis() + " ms");
            } finally {
                system.tap("https").freeze(false);
            }
            Eventually.within(
                    Duration.ofSeconds(40), "online again", () -> state(name).equals("online"));
            assertThat(agent.handle().isAlive()).isTrue();
        }
        Eventually.within(Duration.ofSeconds(10), "offline after a clean end", () -> state(name)
                .equals("offline"));
        // the cable was everybody's
        Eventually.within(Duration.ofSeconds(40), "the other device is back", () -> system.api("automation")
                .getJson("/api/devices/" + system.device().uid())
                .getString("state")
                .equals("online"));
    }

    @Test
    void anOpenPageShowsWhatADeviceBecomesWithoutAReload() {
        String name = "live-state-" + Long.toString(System.nanoTime(), 36);
        Path folder = system.folder("live");
        assertThat(system.enrol(folder, system.api("automation").enrolmentToken(1, 600), name)
                        .exit())
                .isZero();
        try (BrowserContext person = system.chromium().person()) {
            Page page = PageParts.signedIn(system, person, "viewer");
            PageParts.open(page, system.url() + "/devices?q=live-state");
            Locator row = page.getByRole(AriaRole.ROW, new Page.GetByRoleOptions().setName(Pattern.compile(name)));
            page.evaluate("window.sameDocument = true");
            row.getByText("Offline").waitFor();
            try (Program agent = run(folder)) {
                row.getByText("Online").waitFor();
                assertThat(agent.handle().isAlive()).isTrue();
            }
            row.getByText("Offline").waitFor();
            assertThat(page.evaluate("window.sameDocument")).isEqualTo(true);
        }
    }

    private static void signal(Program program, String name) {
        try (Program kill = Program.start(
                java.util.Map.of(),
                List.of("kill", "-" + name, Long.toString(program.handle().pid())))) {
            assertThat(kill.finish(Duration.ofSeconds(5)).exit()).isZero();
        }
    }

    @Test
    void twoMachinesWithOneKeyAreQuarantined() throws IOException {
        String name = "cloned-" + Long.toString(System.nanoTime(), 36);
        Path original = system.folder("clone-original");
        assertThat(system.enrol(original, system.api("automation").enrolmentToken(1, 600), name)
                        .exit())
                .isZero();
        Path copy = system.folder("clone-copy");
        copy(original, copy);
        try (Program first = run(original)) {
            Eventually.within(
                    Duration.ofSeconds(20), "online", () -> state(name).equals("online"));
            try (Program second = run(copy)) {
                Eventually.within(
                        Duration.ofSeconds(30), "quarantined", () -> state(name).equals("quarantined"));
                assertThat(second.handle().isAlive() || first.handle().isAlive())
                        .isTrue();
            }
            assertThat(system.api("automation").items("/api/audit?limit=50&code=device.clone"))
                    .isNotEmpty();
            String uid = device(name).getString("uid");
            assertThat(system.api("automation")
                            .post("/api/devices/" + uid + "/clear-quarantine", "")
                            .statusCode())
                    .isEqualTo(204);
            Eventually.within(
                    Duration.ofSeconds(60), "online again", () -> state(name).equals("online"));
        }
    }

    /** The old connection hangs; the same machine connects anew: that is a reconnection, not a clone. */
    @Test
    void aReconnectionOfASilentMachineReplacesTheOldChannel() throws IOException, StateException {
        String name = "reconnecting-" + Long.toString(System.nanoTime(), 36);
        Path folder = system.folder("reconnection");
        assertThat(system.enrol(folder, system.api("automation").enrolmentToken(1, 600), name)
                        .exit())
                .isZero();
        // what hangs still holds its folder
        Path same = system.folder("reconnection-same");
        copy(folder, same);
        StateFolder restarted = StateFolder.open(same);
        Program hanging = run(folder);
        try {
            Eventually.within(
                    Duration.ofSeconds(20), "online", () -> state(name).equals("online"));
            signal(hanging, "STOP");
            try (Program again = run(same)) {
                Duration taken = Eventually.within(SILENCE, "welcomed", () -> welcomed(restarted));
                System.out.println("welcomed in place of a silent channel: " + taken.toMillis() + " ms");
                // the old one was asked first, and given its time
                assertThat(taken).isGreaterThan(PROBE);
                assertThat(state(name)).isEqualTo("online");
                assertThat(again.handle().isAlive()).isTrue();
                assertThat(hanging.handle().isAlive()).isTrue();
            }
        } finally {
            signal(hanging, "KILL");
            hanging.close();
        }
        assertThat(state(name)).isNotEqualTo("quarantined");
    }

    private static boolean welcomed(StateFolder folder) {
        try {
            return AgentStatus.load(folder)
                    .filter(status -> status.state().equals(AgentStatus.ONLINE))
                    .isPresent();
        } catch (StateException e) {
            throw new AssertionError(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Files.copy(folder, to.resolve(from.relativize(folder)), StandardCopyOption.COPY_ATTRIBUTES);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
