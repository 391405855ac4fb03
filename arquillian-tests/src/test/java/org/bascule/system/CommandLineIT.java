package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import java.io.StringReader;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The command line against the running system, over TLS with the demo's CA. */
@ExtendWith(RunningSystem.class)
class CommandLineIT {

    private static final Duration LIMIT = Duration.ofSeconds(40);

    private final TheSystem system = TheSystem.get();

    private Program.Result bascule(String user, byte[] input, String... arguments) {
        Map<String, String> environment = new HashMap<>();
        environment.put("BASCULE_URL", system.agentUrl());
        environment.put("BASCULE_CA", system.ca().toString());
        environment.put("BASCULE_TOKEN", system.user(user).apiToken());
        environment.put("XDG_CONFIG_HOME", system.folder("cli-" + user).toString());
        try (Program program = Program.start(environment, system.basculeJar(), arguments)) {
            return program.finish(input, LIMIT);
        }
    }

    @Test
    void lsListsTheDevice() {
        Program.Result result = bascule("engineer", new byte[0], "ls", "--json");
        assertThat(result.exit()).as(result.error()).isZero();
        try (var reader = Json.createReader(new StringReader(result.output()))) {
            assertThat(reader.read().toString()).contains(system.device().uid());
        }
        assertThat(bascule("engineer", new byte[0], "ls").output())
                .contains(system.device().name());
    }

    @Test
    void execPassesStreamsAndExitCodeOn() {
        Program.Result result = bascule(
                "engineer",
                new byte[0],
                "exec",
                system.device().name(),
                "--",
                "sh",
                "-c",
                "echo out; echo err >&2; exit 5");
        assertThat(result.exit()).as(result.error()).isEqualTo(5);
        assertThat(result.output()).isEqualTo("out\n");
        assertThat(result.error()).contains("err\n");
    }

    @Test
    void execIsBinaryClean() {
        byte[] input = new byte[3_000_000];
        new Random(42).nextBytes(input);
        Program.Result result =
                bascule("engineer", input, "exec", system.device().uid(), "--", "cat");
        assertThat(result.exit()).as(result.error()).isZero();
        assertThat(Arrays.equals(result.outputBytes(), input)).isTrue();
    }

    @Test
    void execSaysBySignal() {
        Program.Result result =
                bascule("engineer", new byte[0], "exec", system.device().name(), "--", "sh", "-c", "kill -9 $$");
        assertThat(result.exit()).as(result.error()).isEqualTo(128 + 9);
    }

    @Test
    void whoMayNotIsToldSo() {
        Program.Result result =
                bascule("viewer", new byte[0], "exec", system.device().name(), "--", "id");
        assertThat(result.exit()).isEqualTo(4);
        assertThat(result.error()).isNotBlank().doesNotContain("Exception").doesNotContain("\tat ");
    }

    @Test
    void anUnknownDeviceIsASentence() {
        Program.Result result = bascule("engineer", new byte[0], "exec", "no-such-device", "--", "id");
        assertThat(result.exit()).isNotZero();
        assertThat(result.error()).contains("no-such-device").doesNotContain("Exception");
    }

    @Test
    void aServerThatTheCaDoesNotVouchForIsNotTrusted() {
        Map<String, String> environment = new HashMap<>();
        environment.put("BASCULE_URL", system.agentUrl());
        environment.put("BASCULE_TOKEN", system.user("engineer").apiToken());
        environment.put("XDG_CONFIG_HOME", system.folder("cli-untrusting").toString());
        try (Program program = Program.start(environment, system.basculeJar(), "ls")) {
            Program.Result result = program.finish(new byte[0], LIMIT);
            assertThat(result.exit()).isNotZero();
            assertThat(result.error()).isNotBlank().doesNotContain("\tat ");
        }
    }
}
