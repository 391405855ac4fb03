package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
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

    private Program.Result administrator(int exit, String... arguments) {
        Program.Result result = bascule("automation", new byte[0], arguments);
        assertThat(result.exit())
                .as(String.join(" ", arguments) + "\n" + result.output() + result.error())
                .isEqualTo(exit);
        assertThat(result.error()).doesNotContain("Exception").doesNotContain("\tat ");
        return result;
    }

    private static JsonObject json(Program.Result result) {
        try (var reader = Json.createReader(new StringReader(result.output()))) {
            return reader.readObject();
        }
    }

    /** A plant is set up, its service gets access, one of them is denied it, everything moves and goes. */
    @Test
    void anAdministratorSetsUpAPlantAndTakesItDown() {
        String run = Long.toString(System.nanoTime(), 36);
        String plant = "Plant " + run;
        String ann = "ann-" + run;
        String service = "Service " + run;

        JsonObject folder = json(
                administrator(0, "folder", "create", plant, "--in", "/", "--key", "plant-" + run + "-1", "--json"));
        JsonObject again = json(
                administrator(0, "folder", "create", plant, "--in", "/", "--key", "plant-" + run + "-1", "--json"));
        assertThat(again.getString("id")).isEqualTo(folder.getString("id"));
        assertThat(administrator(8, "folder", "create", plant, "--in", "/").error())
                .startsWith("bascule: ");

        administrator(0, "user", "create", ann, "--in", "/" + plant);
        administrator(0, "group", "create", service, "--in", plant, "--description", "of the plant");
        administrator(0, "group", "add", service, ann);
        assertThat(administrator(0, "group", "members", "/" + plant + "/" + service)
                        .output())
                .contains(ann);

        String[] question = {"rights", "explain", ann, "/" + plant, "terminal", "--check"};
        assertThat(administrator(4, question).output()).contains("not granted").contains("no entry");
        administrator(0, "grant", service, "see-resources,terminal", "/" + plant, "--preview");
        administrator(4, question);
        administrator(
                0,
                "grant",
                service,
                "see-resources,terminal",
                "/" + plant,
                "--window",
                "daily 00:00-24:00 Europe/Vienna",
                "--until",
                "+1d");
        assertThat(administrator(0, question).output())
                .contains("terminal: granted for " + ann)
                .contains("allow for group " + service);
        assertThat(administrator(0, "rights", "everybody", plant).output()).contains(ann);
        assertThat(administrator(0, "rights", "person", ann).output()).contains("terminal");

        administrator(0, "grant", "user:" + ann, "terminal", plant, "--deny");
        assertThat(administrator(4, question).output())
                .contains("deny for user " + ann)
                .contains("lost:    allow for group " + service);
        assertThat(administrator(0, "grant", "list", plant).output())
                .contains("deny")
                .contains("terminal");
        administrator(0, "grant", "remove", ann, "terminal", plant, "--deny", "--yes");
        administrator(0, question);

        administrator(0, "folder", "create", "Yard " + run, "--in", "/");
        administrator(10, "folder", "rename", plant, "never", "--etag", "0");
        administrator(0, "folder", "move", plant, "--to", "/Yard " + run);
        assertThat(json(administrator(0, "folder", "show", "/Yard " + run + "/" + plant, "--json"))
                        .getString("id"))
                .isEqualTo(folder.getString("id"));
        assertThat(administrator(0, "folder", "tree", "/Yard " + run).output()).contains("└── " + plant);
        administrator(0, question[0], question[1], ann, "/Yard " + run + "/" + plant, "terminal", "--check");

        administrator(0, "device", "tag", system.device().name(), run);
        assertThat(administrator(0, "device", "list", "tag:" + run).output())
                .contains(system.device().uid());
        administrator(0, "device", "untag", system.device().name(), run);

        administrator(0, "group", "remove-member", service, ann);
        administrator(0, "user", "remove", ann, "--yes");
        administrator(4, "user", "show", ann);
        assertThat(administrator(9, "folder", "remove", "Yard " + run).error())
                .contains("1 folders below")
                .contains("1 groups");
        administrator(0, "folder", "remove", "Yard " + run, "--yes");
        administrator(4, "group", "show", service);
        assertThat(administrator(0, "audit", "list", "--most", "10", "--from", "2000-01-01T00:00:00Z")
                        .output())
                .contains("folder.");
    }

    @Test
    void whoDoesNotAdministerCannot() {
        Program.Result refused = bascule("viewer", new byte[0], "folder", "create", "x", "--in", "/");
        assertThat(refused.exit()).as(refused.error()).isEqualTo(4);
        Program.Result own = bascule(
                "viewer",
                new byte[0],
                "rights",
                "explain",
                "me",
                system.device().name());
        assertThat(own.exit()).as(own.error()).isZero();
        assertThat(own.output()).contains("see-resources");
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
