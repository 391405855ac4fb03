package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Enrolment, presence and clones with real agent processes (DEV-1, -2, -4). */
@ExtendWith(RunningSystem.class)
class DeviceIT {

    private static final Duration LIMIT = Duration.ofSeconds(40);

    private final TheSystem system = TheSystem.get();

    private Program.Result enrol(Path folder, String token, String name) {
        try (Program program = Program.start(
                java.util.Map.of(),
                system.agentJar(),
                "enrol",
                "--server",
                system.agentUrl(),
                "--token",
                token,
                "--name",
                name,
                "--ca",
                system.ca().toString(),
                "--dir",
                folder.toString())) {
            return program.finish(new byte[0], LIMIT);
        }
    }

    private Program run(Path folder) {
        return Program.start(java.util.Map.of(), system.agentJar(), "run", "--dir", folder.toString());
    }

    private JsonObject device(String name) {
        return system.api("automation").items("/api/devices?limit=200&q=" + name).stream()
                .filter(it -> it.getString("name").equals(name))
                .findFirst()
                .orElseThrow();
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
                attempts.add(() -> enrol(folder, token, "raced-" + folder.getFileName()));
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
        Program.Result wrong = enrol(folder, token.substring(0, 40) + last + token.substring(41), "wrong");
        assertThat(wrong.exit()).isNotZero();
        assertThat(wrong.error()).isNotBlank().doesNotContain("\tat ").doesNotContain(token.substring(10, 40));
        assertThat(enrol(folder, "not-a-token", "wrong").exit()).isNotZero();
        // the right one still works in the same folder
        Program.Result right = enrol(folder, token, "wrong-then-right");
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
        Path folder = system.folder("presence");
        assertThat(enrol(folder, system.api("automation").enrolmentToken(1, 600), "presence")
                        .exit())
                .isZero();
        assertThat(state("presence")).isEqualTo("offline");
        try (Program agent = run(folder)) {
            Duration online = Eventually.within(
                    Duration.ofSeconds(20), "online", () -> state("presence").equals("online"));
            System.out.println("online after start: " + online.toMillis() + " ms");
            // the process is stopped where it stands: nothing more comes, no connection is closed
            signal(agent, "STOP");
            try {
                Duration offline = Eventually.within(Duration.ofSeconds(30), "offline", () -> state("presence")
                        .equals("offline"));
                System.out.println("offline after silence: " + offline.toMillis() + " ms");
            } finally {
                signal(agent, "CONT");
            }
            Eventually.within(Duration.ofSeconds(40), "online again", () -> state("presence")
                    .equals("online"));
        }
        Eventually.within(Duration.ofSeconds(10), "offline after a clean end", () -> state("presence")
                .equals("offline"));
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
        Path original = system.folder("clone-original");
        assertThat(enrol(original, system.api("automation").enrolmentToken(1, 600), "cloned")
                        .exit())
                .isZero();
        Path copy = system.folder("clone-copy");
        copy(original, copy);
        try (Program first = run(original)) {
            Eventually.within(
                    Duration.ofSeconds(20), "online", () -> state("cloned").equals("online"));
            try (Program second = run(copy)) {
                Eventually.within(Duration.ofSeconds(30), "quarantined", () -> state("cloned")
                        .equals("quarantined"));
                assertThat(second.handle().isAlive() || first.handle().isAlive())
                        .isTrue();
            }
            assertThat(system.api("automation").items("/api/audit?limit=50&code=device.clone"))
                    .isNotEmpty();
            String uid = device("cloned").getString("uid");
            assertThat(system.api("automation")
                            .post("/api/devices/" + uid + "/clear-quarantine", "")
                            .statusCode())
                    .isEqualTo(204);
            Eventually.within(Duration.ofSeconds(60), "online again", () -> state("cloned")
                    .equals("online"));
        }
    }

    /** The old connection hangs; the same machine connects anew: that is a reconnection, not a clone. */
    @Test
    void aReconnectionOfASilentMachineReplacesTheOldChannel() {
        Path folder = system.folder("reconnection");
        assertThat(enrol(folder, system.api("automation").enrolmentToken(1, 600), "reconnecting")
                        .exit())
                .isZero();
        Program frozen = run(folder);
        try {
            Eventually.within(Duration.ofSeconds(20), "online", () -> state("reconnecting")
                    .equals("online"));
            signal(frozen, "KILL");
            try (Program again = run(folder)) {
                Eventually.within(Duration.ofSeconds(20), "online", () -> state("reconnecting")
                        .equals("online"));
                assertThat(again.handle().isAlive()).isTrue();
            }
        } finally {
            frozen.close();
        }
        assertThat(state("reconnecting")).isNotEqualTo("quarantined");
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
